"""Pages of a person's own, and files in the chat: made in a turn, within what a day allows."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

import msgspec

from bot.inbound.keeping import WINDOW_MS
from bot.outbound.orders import EXPORT, ORDER, READ
from bot.turns.speech import queued
from flows.kit.effects import MakeLink, SendExport, TakeFile
from flows.kit.found import Found
from storage import KnownPerson, Store, Transaction

HandingAsked = MakeLink | SendExport | TakeFile

#: So many files of one's data a day; erasure is never limited.
MOST_EXPORTS: Final = 3
_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_PATHS: Final = {"export": "export", "bring_back": "bring-back"}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class HandingOut:
    """Makes links and queues files."""

    store: Store
    #: Where the world reaches this bot, without a slash at the end.
    url: str
    #: How long such a page is open.
    hours: int
    now_ms: Callable[[], int]

    async def answer(self, tx: Transaction, person: KnownPerson, asked: HandingAsked) -> Found:
        """Do what was asked and return what came of it."""
        match asked:
            case MakeLink(use):
                return await self._make_link(tx, person, use)
            case SendExport():
                return await self._queue_export(tx, person)
            case TakeFile(url):
                await self._queue(tx, person, {ORDER: READ, "url": url})
                return Found("file_ordered")

    async def _make_link(
        self, tx: Transaction, person: KnownPerson, use: Literal["export", "bring_back"]
    ) -> Found:
        """Make a page of a person's own, unless there were too many."""
        refused = await self._refused(tx, person) if use == EXPORT else None
        if refused is not None:
            return Found(use, facts=refused)
        now_ms = self.now_ms()
        token = await self.store.links.make(
            tx,
            person.person_id,
            use,
            now_ms=now_ms,
            expires_at_ms=now_ms + self.hours * _HOUR_MS,
        )
        facts = {"hours": str(self.hours)}
        return Found(use, url=f"{self.url}/{_PATHS[use]}/{token}", facts=facts)

    async def _queue_export(self, tx: Transaction, person: KnownPerson) -> Found:
        """Queue the file for the chat, in place of an open page or as one more of the day."""
        links, now_ms = self.store.links, self.now_ms()
        if not await links.spend_open(tx, person.person_id, EXPORT, now_ms=now_ms):
            refused = await self._refused(tx, person)
            if refused is not None:
                return Found("export_sent", facts=refused)
            # A link that nobody gets is what it is counted by.
            await links.make(tx, person.person_id, EXPORT, now_ms=now_ms, expires_at_ms=now_ms)
        await self._queue(tx, person, {ORDER: EXPORT})
        return Found("export_sent")

    async def _queue(self, tx: Transaction, person: KnownPerson, order: dict[str, str]) -> None:
        """Queue what is to be done in the place of a message, and in its turn."""
        now_ms = self.now_ms()
        expires_at_ms = max(person.window_ends_at_ms, now_ms + WINDOW_MS)
        message = queued(person, _encode(order), now_ms, expires_at_ms)
        await self.store.outbox.add(tx, [message])

    async def _refused(self, tx: Transaction, person: KnownPerson) -> dict[str, str] | None:
        """Return when the next file is possible, where there were too many; else None."""
        links, now_ms = self.store.links, self.now_ms()
        since_ms = now_ms - _DAY_MS
        if await links.count_since(tx, person.person_id, EXPORT, since_ms) < MOST_EXPORTS:
            return None
        oldest_ms = await links.oldest_since(tx, person.person_id, EXPORT, since_ms) or now_ms
        next_in_h = max(1, ceil((oldest_ms + _DAY_MS - now_ms) / _HOUR_MS))
        return {"most": str(MOST_EXPORTS), "next_in_h": str(next_in_h)}
