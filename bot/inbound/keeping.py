"""What one batch of events changes, inside one transaction.

Echoes of our own sends settle their outbox rows here and now; of any other event only what a turn
needs goes into the inbox. A person is created by what they did themselves, and only by an event
that was not seen before: a repeated one creates nobody.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.inbound.events import (
    Echo,
    Message,
    OptIn,
    PolicyEnforcement,
    Postback,
    Reaction,
    Referral,
    ThreadControl,
    WireEvent,
    encode,
    kind_of,
)
from bot.metrics import Metrics
from bot.outbound.messenger import MARK
from storage import NewEvent, NewPerson, OutboxId, PersonId, Store, Transaction
from storage.inbox import DAY_MS, day_of
from storage.store import EVENT_KEY_DAYS

WINDOW_MS = DAY_MS
#: A human in the Page inbox keeps the bot quiet for this long; Meta's own control lapses then too.
MUTE_MS = DAY_MS
_MAX_AHEAD_MS = 300_000
_MAX_AGE_MS = (EVENT_KEY_DAYS - 1) * DAY_MS
#: Why a Page is paused that Meta blocked; only Meta's word resumes it.
BLOCKED = "blocked by Meta"
_BLOCKS = {"block": True, "unblock": False}


@dataclass(frozen=True, slots=True)
class _Due:
    """An event for the inbox, with everything that is computed before the transaction."""

    event: WireEvent
    key: bytes
    key_day: int
    lookup: bytes
    at_ms: int


class Keeping:
    """Writes batches of events."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        *,
        app_id: str,
        pages: Iterable[str],
        stranger_ms: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._app_id = app_id
        self._pages = frozenset(pages)
        self._stranger_ms = stranger_ms

    async def keep(self, events: Sequence[WireEvent]) -> int:
        """Commit a batch; return how many events now wait in the inbox."""
        now_ms = self._clock.now_ms()
        ours = [event for event in events if event.page_id in self._pages]
        due = await self._prepare(ours, now_ms)
        made = await self._make_keys(due, now_ms)
        async with self._store.write(is_quick=True) as tx:
            await self._settle(tx, ours, now_ms)
            fresh = await self._store.inbox.note(tx, {one.key: one.key_day for one in due})
            first = _first_of_each([one for one in due if one.key in fresh])
            known = await self._know(tx, first, made)
            rows = [_row(one, known[one.lookup], now_ms) for one in first if one.lookup in known]
            await self._store.inbox.add(tx, rows)
        for event in events:
            self._metrics.event_in(kind_of(event))
        return len(rows)

    async def _prepare(self, events: Iterable[WireEvent], now_ms: int) -> list[_Due]:
        due: list[_Due] = []
        for event in events:
            if not _is_kept(event) or event.psid is None:
                continue
            at_ms = event.at_ms or now_ms
            if at_ms < now_ms - _MAX_AGE_MS:
                # Its day's key is gone or going: a captured request could be replayed for ever.
                self._metrics.unsupported("too_old")
                continue
            key = await self._store.inbox.event_key(at_ms, event.natural_id())
            lookup = self._store.keyring.lookup(event.page_id, event.psid)
            day = day_of(at_ms)
            if at_ms > now_ms + _MAX_AHEAD_MS:
                at_ms = now_ms  # a time that has not come would outlive every later STOP
            due.append(_Due(event, key, day, lookup, at_ms))
        return due

    async def _make_keys(self, due: Sequence[_Due], now_ms: int) -> dict[bytes, NewPerson]:
        """Make keys for who seems to be new: a key is kept before its person, never after."""
        asking = {one.lookup: one for one in reversed(due) if one.event.creates_person}
        if not asking:
            return {}
        async with self._store.read(is_quick=True) as tx:
            known = await self._store.people.find(tx, list(asking))
        new = {
            lookup: (PersonId(secrets.token_bytes(16)), one)
            for lookup, one in asking.items()
            if lookup not in known
        }
        keys = await self._store.keyring.create([who for who, _ in new.values()], now_ms=now_ms)
        return {
            lookup: NewPerson(
                person_id=person,
                page_id=one.event.page_id,
                lookup=lookup,
                key=keys[person],
                psid=one.event.psid or "",
                window_ends_at_ms=one.at_ms + WINDOW_MS,
                erase_due_at_ms=one.at_ms + self._stranger_ms,
                created_at_ms=now_ms,
            )
            for lookup, (person, one) in new.items()
        }

    async def _know(
        self, tx: Transaction, due: Sequence[_Due], made: dict[bytes, NewPerson]
    ) -> dict[bytes, PersonId]:
        lookups = sorted({one.lookup for one in due})
        known = await self._store.people.find(tx, lookups)
        created_by = {one.lookup for one in due if one.event.creates_person}
        new = [
            made[lookup]
            for lookup in lookups
            if lookup not in known and lookup in created_by and lookup in made
        ]
        if not new:
            return known
        await self._store.people.add(tx, new)
        # Another node may have added one of them first: what is in the table counts.
        return known | await self._store.people.find(tx, [person.lookup for person in new])

    async def _settle(self, tx: Transaction, events: Iterable[WireEvent], now_ms: int) -> None:
        """Take in what changes rows at once: echoes, and Meta's verdicts on a Page."""
        echoes = [event for event in events if isinstance(event, Echo)]
        await self._store.outbox.remove(tx, [found for echo in echoes if (found := _mark(echo))])
        for lookup, until_ms in self._held_by_human(echoes, now_ms).items():
            await self._store.people.mute(tx, lookup, until_ms)
        for event in events:
            if isinstance(event, PolicyEnforcement) and event.action in _BLOCKS:
                await self._obey(tx, event, now_ms)

    def _held_by_human(self, echoes: Iterable[Echo], now_ms: int) -> dict[bytes, int]:
        """Return whose threads a human has written in, and until when the bot keeps out."""
        held: dict[bytes, int] = {}
        for echo in echoes:
            # By the echo's own time: one that comes late, or again, must not mute anew.
            until_ms = min(echo.at_ms or now_ms, now_ms) + MUTE_MS
            if echo.psid and not _mark(echo) and echo.app_id != self._app_id and until_ms > now_ms:
                lookup = self._store.keyring.lookup(echo.page_id, echo.psid)
                held[lookup] = max(until_ms, held.get(lookup, 0))
        return held

    async def _obey(self, tx: Transaction, event: PolicyEnforcement, now_ms: int) -> None:
        if _BLOCKS[event.action]:
            await self._store.pages.pause(
                tx, event.page_id, reason=BLOCKED, now_ms=now_ms, until_ms=None
            )
        else:
            await self._store.pages.resume(tx, [event.page_id])


def _is_kept(event: WireEvent) -> bool:
    if isinstance(event, Message):
        return not event.is_deleted
    if isinstance(event, Reaction):
        return event.action == "react"
    return isinstance(event, Postback | OptIn | Referral | ThreadControl)


def _mark(echo: Echo) -> OutboxId | None:
    """Return the outbox id an echo carries, where it is one of ours."""
    if not echo.metadata or not echo.metadata.startswith(MARK):
        return None
    try:
        return OutboxId(bytes.fromhex(echo.metadata.removeprefix(MARK)))
    except ValueError:
        return None


def _first_of_each(due: Iterable[_Due]) -> list[_Due]:
    """Drop repeats inside the batch; the table can only tell repeats of earlier ones."""
    return list({one.key: one for one in reversed(list(due))}.values())[::-1]


def _row(one: _Due, person: PersonId, now_ms: int) -> NewEvent:
    return NewEvent(
        event_key=one.key,
        person_id=person,
        platform_at_ms=one.at_ms,
        received_at_ms=now_ms,
        body=encode(one.event),
    )
