"""A bot and a Messenger on this machine, speaking HTTP to each other, with one clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.app import running
from bot.clock import Clock, MovableClock
from bot.desk import Desk
from bot.serving import Bot
from bot.settings import Settings, parse_settings
from bot.simulator import SimulatedPage, Simulator
from storage.db import tables
from storage.details import Detail
from storage.vault.secrets import FileSecrets
from tests.kit.chat import Chat
from tests.kit.patience import ANSWER_S
from tests.kit.ports import free_port

APP_ID = "424242"
APP_SECRET = "an-app-secret-that-tests-use-only-0001"
VERIFY_TOKEN = "a-verify-token-of-tests"
PAGES = (
    SimulatedPage(id="555000111", name="Garden Club", access_token="a-page-token-of-tests-0001"),
    SimulatedPage(id="555000222", name="Book Club", access_token="a-page-token-of-tests-0002"),
)
PAGE = PAGES[0].id


@dataclass(frozen=True)
class Databases:
    """Where a deployment keeps things, and in which folder its keys lie."""

    folder: Path
    url: str
    keys_url: str

    @classmethod
    def sqlite(cls, folder: Path) -> "Databases":
        """Return two files in `folder`."""
        return cls(
            folder,
            f"sqlite+aiosqlite:///{folder}/data/chatmagico.db",
            f"sqlite+aiosqlite:///{folder}/keys/keys.db",
        )


def make_settings(databases: Databases, *, graph_url: str, port: int, **sections: Any) -> Settings:
    """Return valid settings for tests; `sections` replaces whole tables."""
    FileSecrets(databases.folder / "keys" / "keys.secret").create()
    return parse_settings(raw_settings(databases, graph_url=graph_url, port=port) | dict(sections))


def raw_settings(databases: Databases, *, graph_url: str, port: int) -> dict[str, Any]:
    """Return the settings as the configuration file would hold them."""
    return {
        "environment": "development",
        "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
        "messenger": {
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "verify_token": VERIFY_TOKEN,
            "graph_url": graph_url,
        },
        "pages": [
            {"id": page.id, "name": page.name, "access_token": page.access_token} for page in PAGES
        ],
        "controller": {"name": "Garden and Book Club", "email": "club@example.org"},
        "languages": {"default": "en", "offered": ["en", "de", "fr", "es", "it", "pl"]},
        "purposes": [
            {
                "id": "news",
                "class": "marketing",
                "title": "Club news",
                "text": "News about events, about twice a month.",
                "de": {"title": "Neuigkeiten", "text": "Neues zu Treffen, etwa zweimal im Monat."},
            }
        ],
        "age": {"minimum": 0},
        "storage": {
            "url": databases.url,
            "tombstones": str(databases.folder / "keys" / "tombstones"),
        },
        "keys": {"url": databases.keys_url, "file": str(databases.folder / "keys" / "keys.secret")},
        "metrics": {"port": free_port()},
    }


@dataclass
class Deployment:
    """A running bot beside a running Messenger."""

    settings: Settings
    simulator: Simulator
    clock: MovableClock
    bot: Bot
    databases: Databases

    def person(self, page_id: str = PAGE) -> Chat:
        """Let somebody new open a chat."""
        return Chat(self.simulator, self.simulator.add_person(page_id))

    def chat(self, psid: str) -> Chat:
        """Speak for somebody the simulator already knows."""
        return Chat(self.simulator, psid)

    async def count_people(self) -> int:
        """Return how many people are known."""
        async with self.bot.store.read() as tx:
            query = sa.select(sa.func.count()).select_from(tables.people)
            return int((await tx.execute(query)).scalar_one())

    async def has_people(self, count: int) -> bool:
        """Tell whether exactly so many people are known."""
        return await self.count_people() == count

    async def granted(self, psid: str, page_id: str = PAGE) -> set[str]:
        """Return the purposes that stand as granted for a person."""
        store = self.bot.store
        lookup = store.keyring.lookup(page_id, psid)
        async with store.read() as tx:
            person = (await store.people.find(tx, [lookup]))[lookup]
            statuses = await store.consents.find(tx, [person])
        return {name for name, status in statuses[person].items() if status.is_granted}

    async def has_granted(self, psid: str, purposes: set[str]) -> bool:
        """Tell whether exactly these purposes stand as granted."""
        return await self.granted(psid) == purposes

    async def is_muted(self, psid: str, page_id: str = PAGE) -> bool:
        """Tell whether a human is known to hold a person's thread."""
        store = self.bot.store
        async with store.read() as tx:
            query = sa.select(tables.people.c.muted_until_ms).where(
                tables.people.c.lookup == store.keyring.lookup(page_id, psid)
            )
            return bool((await tx.execute(query)).scalar_one() > self.clock.now_ms())

    async def verifies_email(self, psid: str, address: str, page_id: str = PAGE) -> None:
        """Let a person have given an address and proven that it is theirs."""
        store, now_ms = self.bot.store, self.clock.now_ms()
        lookup = store.keyring.lookup(page_id, psid)
        async with store.write() as tx:
            person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
            assert person is not None
            given = Detail("email", address, now_ms, now_ms)
            await store.details.put(tx, person.person_id, person.key, given)

    @property
    def desk(self) -> Desk:
        """Where the team answers requests."""
        return Desk(self.settings, self.bot.store)

    async def case_is(self, number: str, status: str) -> bool:
        """Tell whether a request is as far as this."""
        async with self.bot.store.read() as tx:
            found = await self.bot.store.cases.find(tx, number)
        return found is not None and found.case.status == status

    async def outbox_states(self) -> list[str]:
        """Return the state of every message that is still in the outbox."""
        async with self.bot.store.read() as tx:
            return list((await tx.execute(sa.select(tables.outbox.c.state))).scalars())

    async def outbox_is_empty(self) -> bool:
        """Tell whether every message's fate is known."""
        return not await self.outbox_states()

    async def settles(self) -> None:
        """Wait until everything that was said is answered, and every answer has arrived."""
        await self.until(self.inbox_is_empty)
        await self.until(self.outbox_is_empty)

    async def outbox_has(self, count: int) -> bool:
        """Tell whether so many messages are in the outbox."""
        return len(await self.outbox_states()) == count

    async def outbox_waits(self) -> bool:
        """Tell whether a message that was refused for now waits for its next try."""
        async with self.bot.store.read() as tx:
            query = sa.select(tables.outbox.c.attempts).where(tables.outbox.c.state == "pending")
            return any((await tx.execute(query)).scalars())

    async def has_doubts(self) -> bool:
        """Tell whether a message waits for its echo."""
        return "in_doubt" in await self.outbox_states()

    async def has_received(self, psid: str, count: int) -> bool:
        """Tell whether Messenger took so many messages for a person."""
        return sum(sent.psid == psid for sent in self.simulator.received) >= count

    async def inbox_is_empty(self) -> bool:
        """Tell whether every event was handled."""
        async with self.bot.store.read() as tx:
            return (await tx.execute(sa.select(tables.inbox.c.inbox_id))).first() is None

    async def is_set_aside(self, count: int) -> bool:
        """Tell whether so many events wait for their second try."""
        async with self.bot.store.read() as tx:
            query = sa.select(tables.inbox.c.inbox_id).where(
                tables.inbox.c.attempts > 0, tables.inbox.c.parked_reason.is_(None)
            )
            return len((await tx.execute(query)).all()) == count

    async def has_parked(self, count: int) -> bool:
        """Tell whether so many events were given up."""
        async with self.bot.store.read() as tx:
            return len(await self.bot.store.inbox.list_parked(tx)) == count

    async def is_paused(self, page_id: str) -> bool:
        """Tell whether nothing is sent for a Page."""
        async with self.bot.store.read() as tx:
            paused = await self.bot.store.pages.list_paused(tx, now_ms=self.clock.now_ms())
        return page_id in {page.page_id for page in paused}

    async def is_on_no_disk(self, secret: bytes) -> bool:
        """Tell whether no file of the deployment contains these bytes."""
        files = (path for path in self.databases.folder.rglob("*") if path.is_file())
        return not any(secret in path.read_bytes() for path in files)

    async def until(self, condition: Any, *, timeout_s: float = ANSWER_S) -> None:
        """Wait until an awaitable `condition()` holds; the world goes on meanwhile."""
        async with asyncio.timeout(timeout_s):
            while not await condition():  # noqa: ASYNC110 - the state is in a database, not an event
                await asyncio.sleep(0.01)


@asynccontextmanager
async def deployed(databases: Databases, **sections: Any) -> AsyncIterator[Deployment]:
    """Run a Messenger and a bot until the end of the block."""
    clock = MovableClock()
    port = free_port()
    async with messenger_for(port, clock) as simulator:
        settings = make_settings(databases, graph_url=simulator.graph_url, port=port, **sections)
        async with running(settings, clock) as bot:
            yield Deployment(settings, simulator, clock, bot, databases)


@asynccontextmanager
async def messenger_for(port: int, clock: Clock) -> AsyncIterator[Simulator]:
    """Run a Messenger whose webhooks go to a bot at `port`."""
    simulator = Simulator(
        clock,
        pages=PAGES,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        webhook_url=f"http://127.0.0.1:{port}/webhook",
    )
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()
