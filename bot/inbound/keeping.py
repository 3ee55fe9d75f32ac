"""What one batch of events changes, inside one transaction.

Echoes of our own sends settle their outbox rows here and now, and Meta's verdicts pause or resume
their Page; of any other event only what a turn needs goes into the inbox. A person is created by
what they did themselves, and only by an event that was not seen before: a repeated one creates
nobody.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
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
from bot.inbound.repeats import Timed, first_of_each, timed, untimely
from bot.metrics import Metrics
from bot.outbound.ended import Ended
from bot.outbound.messenger import MARK
from storage import NewEvent, NewPerson, OutboxId, PersonId, Store, Transaction
from storage.inbox import DAY_MS

WINDOW_MS = DAY_MS
#: A human in the Page inbox keeps the bot quiet for this long; Meta's own control lapses then too.
MUTE_MS = DAY_MS
#: That a Page posts anything is noted no oftener: it is for hours of silence.
_HEARD_EVERY_MS = 60_000
_BLOCKS = {"block": True, "unblock": False}


@dataclass(frozen=True, slots=True)
class _Due:
    """An event of a person, for the inbox."""

    event: WireEvent
    key: bytes
    lookup: bytes
    at_ms: int


class Keeping:
    """Writes batches of events."""

    def __init__(  # noqa: PLR0913 - what it is told once, and who tells it
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        *,
        app_id: str,
        pages: Iterable[str],
        stranger_ms: int,
        list_ended: Callable[[], Awaitable[frozenset[str]]],
        arrived: Ended,
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._app_id = app_id
        self._pages = frozenset(pages)
        self._stranger_ms = stranger_ms
        #: Of a Page whose bot ends nothing counts any more but what became of the last messages.
        self._list_ended = list_ended
        self._arrived = arrived
        self._heard_at_ms: dict[str, int] = {}

    async def keep(self, events: Sequence[WireEvent]) -> int:
        """Commit a batch; return how many events now wait in the inbox."""
        now_ms = self._clock.now_ms()
        ours = [event for event in events if event.page_id in self._pages]
        ended = await self._list_ended()
        served = [event for event in ours if event.page_id not in ended]
        told = await self._timed(served, now_ms)
        echoes = [one for one in ours if isinstance(one, Echo) and not self._is_known(one)]
        heard = self._list_heard(served, now_ms)
        kept = await self._write(told, echoes, heard, now_ms) if told or echoes or heard else 0
        for event in events:
            self._metrics.event_in(kind_of(event))
        self._count_by_page(ours)
        return kept

    async def _write(
        self, told: Sequence[Timed], echoes: Sequence[Echo], heard: Sequence[str], now_ms: int
    ) -> int:
        made = await self._make_keys(self._due(told), now_ms)
        # Meta waits for its 200, and takes an endpoint off that lets it wait too often.
        async with self._store.write(is_quick=True, goes_first=True) as tx:
            await self._settle(tx, echoes, now_ms)
            key_days = {key: day for one in told for key, day in one.key_days.items()}
            news = first_of_each(told, await self._store.inbox.note(tx, key_days))
            await self._obey(tx, news, now_ms)
            first = self._due(news)
            known = await self._know(tx, first, made)
            rows = [_row(one, known[one.lookup], now_ms) for one in first if one.lookup in known]
            await self._store.inbox.add(tx, rows)
            await self._note_heard(tx, heard, now_ms)
        self._arrived.note(found for echo in echoes if (found := self._mark(echo)))
        return len(rows)

    def _count_by_page(self, events: Iterable[WireEvent]) -> None:
        """Count what shows whether a Page works: what people do there, and our own echoes."""
        for event in events:
            if isinstance(event, Echo):
                if self._mark(event):
                    self._metrics.page_echo(event.page_id)
            elif event.creates_person:
                self._metrics.page_event_in(event.page_id)

    def _list_heard(self, events: Iterable[WireEvent], now_ms: int) -> list[str]:
        """Return the Pages that are to be noted as heard of."""
        long_ago, pages = now_ms - _HEARD_EVERY_MS, {event.page_id for event in events}
        return [page for page in pages if self._heard_at_ms.get(page, 0) <= long_ago]

    async def _note_heard(self, tx: Transaction, due: Sequence[str], now_ms: int) -> None:
        if due:
            await self._store.pages.note_heard(tx, due, now_ms=now_ms)
            self._heard_at_ms |= dict.fromkeys(due, now_ms)

    async def _timed(self, events: Iterable[WireEvent], now_ms: int) -> list[Timed]:
        """Return what must not happen twice, without what has not happened these days."""
        told: list[Timed] = []
        for event in events:
            if not _happens_once(event):
                continue
            if reason := untimely(event.at_ms, now_ms):
                self._metrics.unsupported(reason)
            else:
                told.append(await timed(event, self._store.inbox, now_ms=now_ms))
        return told

    def _due(self, told: Iterable[Timed]) -> list[_Due]:
        lookup = self._store.keyring.lookup
        return [
            _Due(one.event, one.key, lookup(one.event.page_id, one.event.psid), one.at_ms)
            for one in told
            if one.event.psid and not isinstance(one.event, PolicyEnforcement)
        ]

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

    async def _settle(self, tx: Transaction, echoes: Sequence[Echo], now_ms: int) -> None:
        """Take in what the Page said: what is ours has left, and a human keeps the bot quiet."""
        ours = [found for echo in echoes if (found := self._mark(echo))]
        settled = await self._store.outbox.settle(tx, ours)
        await self._store.cases.mark_delivered(tx, settled.cases)
        await self._store.accesses.mark_told(tx, settled.looks, now_ms=now_ms)
        await self._store.deliveries.end(tx, settled.deliveries, "sent", now_ms=now_ms)
        await self._store.breach_notices.mark_sent(tx, settled.notices, now_ms=now_ms)
        await self._store.policy_tellings.mark_told(tx, settled.looks, now_ms=now_ms)
        for lookup, until_ms in self._held_by_human(echoes, now_ms).items():
            await self._store.people.mute(tx, lookup, until_ms)

    def _is_known(self, echo: Echo) -> bool:
        """Tell whether an echo says nothing new: that its message arrived is committed."""
        return self._mark(echo) in self._arrived

    def _mark(self, echo: Echo) -> OutboxId | None:
        """Return the outbox id an echo carries, where it is one of ours: others see our ids too."""
        return _mark(echo) if echo.app_id in {None, self._app_id} else None

    def _held_by_human(self, echoes: Iterable[Echo], now_ms: int) -> dict[bytes, int]:
        """Return whose threads a human has written in, and until when the bot keeps out."""
        held: dict[bytes, int] = {}
        for echo in echoes:
            if echo.at_ms is None or untimely(echo.at_ms, now_ms) or not echo.psid:
                continue
            # By the echo's own time: one that comes late, or again, must not mute anew.
            until_ms = min(echo.at_ms, now_ms) + MUTE_MS
            if not self._mark(echo) and echo.app_id != self._app_id and until_ms > now_ms:
                lookup = self._store.keyring.lookup(echo.page_id, echo.psid)
                held[lookup] = max(until_ms, held.get(lookup, 0))
        return held

    async def _obey(self, tx: Transaction, news: Iterable[Timed], now_ms: int) -> None:
        """Take in Meta's verdicts on a Page."""
        for one in news:
            verdict = one.event
            if isinstance(verdict, PolicyEnforcement):
                is_blocked = _BLOCKS[verdict.action]
                await self._store.pages.judge(
                    tx, verdict.page_id, is_blocked=is_blocked, at_ms=one.at_ms, now_ms=now_ms
                )


def _happens_once(event: WireEvent) -> bool:
    """Tell whether a repeat of this event must have no effect."""
    if isinstance(event, PolicyEnforcement):
        return event.action in _BLOCKS
    return _is_kept(event) and event.psid is not None


def _is_kept(event: WireEvent) -> bool:
    if isinstance(event, Message):
        return not event.is_deleted
    if isinstance(event, Reaction):
        return event.action == "react"
    return isinstance(event, Postback | OptIn | Referral | ThreadControl)


def _mark(echo: Echo) -> OutboxId | None:
    """Return the outbox id an echo carries."""
    if not echo.metadata or not echo.metadata.startswith(MARK):
        return None
    try:
        return OutboxId(bytes.fromhex(echo.metadata.removeprefix(MARK)))
    except ValueError:
        return None


def _row(one: _Due, person: PersonId, now_ms: int) -> NewEvent:
    return NewEvent(
        event_key=one.key,
        person_id=person,
        platform_at_ms=one.at_ms,
        received_at_ms=now_ms,
        body=encode(one.event),
    )
