"""Somebody who does all that can be done in the chat, and what it leaves on the disk."""

import re
import secrets
from dataclasses import dataclass, field

import aiohttp

from storage.db.tables import keys, main
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment
from tests.kit.giving import MAIL, newest_code, opened, purposes, sent

#: How a deployment must be set up for such a life.
SECTIONS = {"purposes": purposes("email"), "mail": MAIL}
#: What of a person's rows leads to nobody, and stays: texts shown to all, a receipt's hash, and by
#: what a repeat is recognised for a week.
_STAYS = {"text_hash", "receipt_hash", "event_key"}
#: Shorter values, such as a language, are everybody's.
_OWN_BYTES = 16
_CASE_NUMBER = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")


@dataclass
class Life:
    """What was said in clear, and what the databases had of it at any time."""

    deployment: Deployment
    #: In clear: none of it may ever be on the disk.
    secrets: list[str] = field(default_factory=list)
    #: Rows' own values: on the disk while they live, and nowhere once they are gone.
    traces: set[bytes] = field(default_factory=set)
    person_id: bytes = b""

    async def live(self) -> Chat:
        """Come by a link, agree, give an address, ask the team, export, and look at it all."""
        chat = await self._comes()
        await self._agrees(chat)
        await self._asks_the_team(chat)
        await self._exports(chat)
        for word in ("my data", "correct", "restrict", "resume"):
            await chat.says(word)
            await chat.hears()
            await self.look()
        return chat

    async def look(self) -> None:
        """Remember what the databases have of the person now."""
        store = self.deployment.bot.store
        tables = ((store.main, main), (store.keyring.database, keys))
        for database, metadata in tables:
            for table in metadata.sorted_tables:
                if "person_id" not in table.c:
                    continue
                async with database.read() as tx:
                    rows = (await tx.execute(table.select())).mappings().all()
                for row in rows:
                    self._note({str(name): value for name, value in row.items()})

    def _note(self, row: dict[str, object]) -> None:
        self.person_id = bytes(row["person_id"]) if isinstance(row["person_id"], bytes) else b""
        for name, value in row.items():
            if name in _STAYS or value == self.person_id:
                continue
            if isinstance(value, bytes) and len(value) >= _OWN_BYTES:
                self.traces.add(value)
            elif name == "number" and isinstance(value, str):
                self.traces.add(value.encode())

    def _secret(self, what: str) -> str:
        made = f"{what}-{secrets.token_hex(6)}"
        self.secrets.append(made)
        return made

    async def _comes(self) -> Chat:
        simulator = self.deployment.simulator
        psid = simulator.add_person(PAGE, name=self._secret("name"))
        chat = self.deployment.chat(psid)
        first = await simulator.get_started(psid, ref=self._secret("reference"))
        await chat.hears()
        second = await simulator.say(psid, self._secret("zebra"))
        await chat.hears()
        self.secrets += [psid, str(first.mid), str(second.mid)]
        await self.look()
        return chat

    async def _agrees(self, chat: Chat) -> None:
        address = f"{self._secret('ann')}@example.org"
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
        (button,) = (await chat.hears("e-mail address")).buttons
        assert button.url is not None
        assert (await opened(button.url)).status == 200
        await self.look()
        assert (await sent(button.url, address)).status == 200
        await chat.hears("code")
        await self.look()
        code = await newest_code(self.deployment)
        self.secrets += [address, button.url.rpartition("/")[2]]
        await chat.says(code)
        await chat.hears("confirmed")
        await self.look()

    async def _asks_the_team(self, chat: Chat) -> None:
        deployment, answer = self.deployment, self._secret("answer")
        await chat.says("human")
        (number,) = _CASE_NUMBER.findall((await chat.hears()).text)
        await chat.says(self._secret("question"))
        await deployment.until(deployment.inbox_is_empty)
        await self.look()
        now_ms = deployment.clock.now_ms()
        await deployment.desk.look(number, role="team", now_ms=now_ms)
        await deployment.desk.answer(number, answer, now_ms=now_ms)
        await self.look()
        await deployment.simulator.hand_back(chat.psid)
        await deployment.until(deployment.inbox_is_empty)
        await deployment.settles()
        chat.catches_up()

    async def _exports(self, chat: Chat) -> None:
        await chat.says("export")
        (url,) = [one.url for one in (await chat.hears()).buttons if one.url]
        await self.look()
        async with aiohttp.ClientSession() as browser, browser.post(url) as answer:
            assert answer.status == 200
        self.secrets.append(url.rpartition("/")[2])
        await self.look()
