"""Takes an export back: language and given details return, what was agreed to never does."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from bot.clock import Clock
from bot.pages.bring_back import Verdict
from bot.turns.own_events import found
from storage import KnownPerson, PersonId, Store, Transaction
from storage.details import Detail
from storage.export import Handed

_USE: Final = "bring_back"
#: More files at once would cost memory.
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Returning:
    """Takes files in, from the page and from the chat."""

    store: Store
    clock: Clock
    #: The languages that are offered; a file may name another.
    languages: tuple[str, ...]
    #: Told that the chat has something to go on with.
    wake: Callable[[], None]
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still takes a file in; looking spends nothing."""
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, _USE)
        return link is not None and link.is_open(self.clock.now_ms())

    async def take(self, token: str, file: bytearray) -> Verdict:
        """Judge a file from the page; a good one is brought back and spends the link."""
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, _USE)
        if link is None:
            return "over"
        handed = await self._read(file)
        if isinstance(handed, str):
            return handed
        async with self.store.write(is_quick=True) as tx:
            person = await self.store.people.get(tx, link.person_id)
            # Looked at again, because only now nobody else can use it any more.
            now = await self.store.links.look(tx, token, _USE)
            if person is None or now is None or not now.is_open(self.clock.now_ms()):
                return "over"
            verdict = await self._bring_back(tx, person, handed)
            if verdict == "done":
                await self.store.links.spend(tx, token, _USE, now_ms=self.clock.now_ms())
                await self._tell(tx, person.person_id, {})
        if verdict == "done":
            self.wake()
        return verdict

    async def take_from_chat(
        self, person_id: PersonId, file: bytes | Literal["too_large", "unreachable"]
    ) -> None:
        """Judge a file from the chat, and let the chat tell what came of it."""
        handed = file if isinstance(file, str) else await self._read(file)
        async with self.store.write(is_quick=True) as tx:
            person = await self.store.people.get(tx, person_id)
            if person is None:
                return
            fault: str = handed if isinstance(handed, str) else ""
            if not isinstance(handed, str):
                verdict = await self._bring_back(tx, person, handed)
                fault = "" if verdict == "done" else verdict
            await self._tell(tx, person_id, {"fault": fault})
        self.wake()

    async def _read(self, file: bytes | bytearray) -> Handed | Verdict:
        async with self._turns:
            return await asyncio.to_thread(self.store.exports.read, file)

    async def _bring_back(self, tx: Transaction, person: KnownPerson, handed: Handed) -> Verdict:
        store, now_ms = self.store, self.clock.now_ms()
        if not await store.exports.is_of(tx, handed, person):
            return "foreign"
        if not await store.exports.claim(tx, handed, now_ms=now_ms):
            return "used"
        for name, value in handed.details.items():
            await store.details.put(tx, person.person_id, person.key, Detail(name, value, now_ms))
        if handed.language in self.languages:
            await store.people.change(tx, [replace(person, language=handed.language)])
        return "done"

    async def _tell(self, tx: Transaction, person: PersonId, facts: dict[str, str]) -> None:
        """Let the chat go on with what came of it."""
        event = found(person, "brought_back", facts, now_ms=self.clock.now_ms())
        await self.store.inbox.add(tx, [event])
