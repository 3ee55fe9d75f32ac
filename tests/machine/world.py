"""A bot that can be restarted, and people who are waited for until everything has settled."""

import asyncio
import tempfile
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

from bot.app import running
from bot.clock import MovableClock
from bot.outbound.render import render
from bot.serving import Bot
from bot.simulator import Message, Simulator
from flows.kit.reply import Reply
from storage import NewMessage
from storage.db import tables
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, make_settings, messenger_for
from tests.kit.exported import told_in
from tests.kit.ports import free_port

PURPOSES = ("news", "reminders")
#: What the first of them needs.
NEEDED = "name"
_SETTLES_S = 20.0


@dataclass
class Somebody:
    """One person, and what must be true of them."""

    chat: Chat
    language: str
    granted: set[str] = field(default_factory=set)
    is_restricted: bool = False
    details: dict[str, str] = field(default_factory=dict)
    exports: int = 0
    _heard: int = 0

    @property
    def psid(self) -> str:
        """Their Messenger id."""
        return self.chat.psid

    def drop_unneeded(self) -> None:
        """Forget what nothing needs any more; while restricted nothing is touched."""
        if not self.is_restricted and PURPOSES[0] not in self.granted:
            self.details.clear()

    def news(self) -> list[Message]:
        """Return what they have heard since they were last asked."""
        bubbles = self.chat.bubbles()
        new, self._heard = bubbles[self._heard :], len(bubbles)
        return new


class World:
    """A Messenger, and a bot beside it that comes and goes."""

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.people: list[Somebody] = []
        self._stack = AsyncExitStack()
        self._serving = AsyncExitStack()
        self._folder = Path()
        self._bot: Bot | None = None
        self._serve: partial[AbstractAsyncContextManager[Bot]] | None = None
        self._simulator: Simulator | None = None

    @property
    def bot(self) -> Bot:
        """The bot as it runs now."""
        assert self._bot is not None
        return self._bot

    @property
    def simulator(self) -> Simulator:
        """The Messenger beside it."""
        assert self._simulator is not None
        return self._simulator

    async def begin(self) -> None:
        """Start both, on empty databases."""
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        self._simulator = await self._stack.enter_async_context(messenger_for(port, self.clock))
        texts = {"news": "What we do, once a month.", "reminders": "Two days before a meeting."}
        purposes: list[dict[str, Any]] = [
            {"id": name, "class": "marketing", "title": name, "text": texts[name]}
            for name in PURPOSES
        ]
        purposes[0]["needs"] = [NEEDED]
        self._serve = partial(
            running,
            make_settings(
                Databases.sqlite(self._folder),
                graph_url=self._simulator.graph_url,
                port=port,
                purposes=purposes,
            ),
            self.clock,
        )
        await self._start()

    async def restart(self) -> None:
        """Stop the bot and start it anew on the same databases."""
        await self._serving.aclose()
        await self._start()

    async def end(self) -> None:
        """Stop everything and take the folder away."""
        await self._serving.aclose()
        await self._stack.aclose()

    async def settle(self) -> None:
        """Wait until nothing is on its way in or out any more."""
        async with asyncio.timeout(_SETTLES_S):
            while await self._is_busy():  # noqa: ASYNC110 - it is in a database, not an event
                await asyncio.sleep(0.005)

    async def says(self, who: Somebody, text: str) -> list[Message]:
        """Let somebody write, and return what they hear."""
        await who.chat.says(text)
        await self.settle()
        return who.news()

    async def taps(self, who: Somebody, title: str) -> list[Message]:
        """Let somebody tap a button, and return what they hear."""
        await who.chat.taps(title)
        await self.settle()
        return who.news()

    def newcomer(self, language: str) -> Somebody:
        """Let somebody new open a chat."""
        chat = Chat(self.simulator, self.simulator.add_person(PAGE))
        who = Somebody(chat, language)
        self.people.append(who)
        return who

    async def is_known(self, who: Somebody) -> bool:
        """Tell whether anything is kept of somebody."""
        lookup = self.bot.store.keyring.lookup(PAGE, who.psid)
        async with self.bot.store.read() as tx:
            return bool(await self.bot.store.people.find(tx, [lookup]))

    def is_on_disk(self, secret: bytes) -> bool:
        """Tell whether any file contains these bytes."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return any(secret in path.read_bytes() for path in files)

    async def downloads(self, url: str) -> dict[str, Any]:
        """Fetch the file of a link and return what it tells machines."""
        async with aiohttp.ClientSession() as session, session.post(url) as answer:
            return told_in(await answer.read())

    async def broadcast(self, purpose_id: str) -> list[str]:
        """Queue a message for a purpose to everybody, agreed or not; return whom it reached."""
        now_ms = self.clock.now_ms()
        mark = f"{purpose_id} {now_ms}"
        store = self.bot.store
        async with store.write() as tx:
            for who in self.people:
                lookup = store.keyring.lookup(PAGE, who.psid)
                person_id = (await store.people.find(tx, [lookup]))[lookup]
                person = await store.people.get(tx, person_id)
                assert person is not None
                message = NewMessage(
                    person_id=person_id,
                    page_id=PAGE,
                    key=person.key,
                    body=render(Reply(mark)),
                    kind="broadcast",
                    due_at_ms=now_ms,
                    expires_at_ms=now_ms + 60_000,
                    resends_left=0,
                    purpose_id=purpose_id,
                )
                await store.outbox.add(tx, [message])
        await self.settle()
        return sorted(sent.psid for sent in self.simulator.received if sent.text == mark)

    async def _start(self) -> None:
        assert self._serve is not None
        self._bot = await self._serving.enter_async_context(self._serve())

    async def _is_busy(self) -> bool:
        async with self.bot.store.read() as tx:
            for table in (tables.inbox, tables.outbox, tables.erasures):
                if (await tx.execute(sa.select(sa.literal(1)).select_from(table))).first():
                    return True
        return False
