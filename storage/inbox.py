"""Events that were acknowledged and wait to be handled; sealed under a key that lives days."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import inbox, seen_events
from storage.errors import Undecryptable
from storage.keyring import Keyring
from storage.records import Backlog, NewEvent, ParkedEvent, PendingEvent, PersonId
from storage.vault.blind_index import event_key
from storage.vault.sealing import Cell, open_sealed, seal

DAY_MS = 86_400_000
#: Pending events read at once, of all claimed people together.
_READ_LIMIT = 1000


def day_of(at_ms: int) -> int:
    """Return the day a moment lies in, counted from the epoch."""
    return at_ms // DAY_MS


class Inbox:
    """Keeps events, refuses repeats, hands them out in Meta's order, parks the impossible."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._keyring = keyring
        self._note = insert_new(database, seen_events).returning(seen_events.c.event_key)
        self._add = inbox.insert()
        self._pending = (
            sa.select(inbox)
            .where(
                inbox.c.person_id.in_(sa.bindparam("people", expanding=True)),
                inbox.c.parked_reason.is_(None),
            )
            .order_by(inbox.c.platform_at_ms, inbox.c.inbox_id)
            .limit(_READ_LIMIT)
        )
        self._remove = inbox.delete().where(
            inbox.c.inbox_id.in_(sa.bindparam("ids", expanding=True))
        )

    async def event_key(self, platform_at_ms: int, *parts: str) -> bytes:
        """Return the key under which an event's repeats are recognised; names nobody."""
        return event_key(await self._keyring.day_key(day_of(platform_at_ms), "event"), *parts)

    async def note(self, tx: AsyncConnection, keys: dict[bytes, int]) -> set[bytes]:
        """Remember these event keys, each with its day; return those never seen before."""
        if not keys:
            return set()
        rows = [{"event_key": key, "day": day} for key, day in sorted(keys.items())]
        return set((await tx.execute(self._note, rows)).scalars())

    async def add(self, tx: AsyncConnection, events: Sequence[NewEvent]) -> None:
        """Keep events, sealed under the inbox key of the day they came in."""
        if not events:
            return
        day = day_of(events[0].received_at_ms)
        key = await self._keyring.day_key(day, "inbox")
        await tx.execute(self._add, [_row(event, day, key) for event in events])

    async def list_pending(
        self, tx: AsyncConnection, people: Iterable[PersonId]
    ) -> list[PendingEvent]:
        """Return what waits of these people, oldest by Meta's timestamp first."""
        rows = (await tx.execute(self._pending, {"people": list(people)})).all()
        days = {row.key_day for row in rows}
        keys = {day: await self._keyring.day_key(day, "inbox") for day in days}
        return [_pending(row, keys[row.key_day]) for row in rows]

    async def remove(self, tx: AsyncConnection, ids: Sequence[int]) -> None:
        """Remove events that were handled."""
        if ids:
            await tx.execute(self._remove, {"ids": ids})

    async def set_aside(self, tx: AsyncConnection, event: PendingEvent, *, due_at_ms: int) -> None:
        """Try an event again later; its person's later events wait with it."""
        await tx.execute(
            inbox.update()
            .where(inbox.c.inbox_id == event.inbox_id)
            .values(attempts=event.attempts + 1, due_at_ms=due_at_ms)
        )

    async def park(self, tx: AsyncConnection, event: PendingEvent, reason: str) -> None:
        """Give up on an event until an operator looks at it."""
        await tx.execute(
            inbox.update()
            .where(inbox.c.inbox_id == event.inbox_id)
            .values(attempts=event.attempts + 1, parked_reason=reason)
        )

    async def list_parked(self, tx: AsyncConnection) -> list[ParkedEvent]:
        """Return every parked event, oldest first."""
        query = sa.select(inbox).where(inbox.c.parked_reason.is_not(None))
        rows = await tx.execute(query.order_by(inbox.c.inbox_id))
        return [
            ParkedEvent(row.inbox_id, row.parked_reason, row.received_at_ms, row.attempts)
            for row in rows
        ]

    async def retry_parked(self, tx: AsyncConnection, ids: Sequence[int]) -> int:
        """Let parked events be tried again; return how many there were."""
        done = await tx.execute(
            inbox.update()
            .where(inbox.c.inbox_id.in_(ids), inbox.c.parked_reason.is_not(None))
            .values(parked_reason=None, attempts=0)
        )
        return done.rowcount

    async def drop_parked(self, tx: AsyncConnection, ids: Sequence[int]) -> int:
        """Delete parked events for good; return how many there were."""
        done = await tx.execute(
            inbox.delete().where(inbox.c.inbox_id.in_(ids), inbox.c.parked_reason.is_not(None))
        )
        return done.rowcount

    async def backlog(self, tx: AsyncConnection) -> Backlog:
        """Return how much waits to be handled."""
        query = sa.select(sa.func.count(), sa.func.min(inbox.c.received_at_ms))
        row = (await tx.execute(query.where(inbox.c.parked_reason.is_(None)))).one()
        return Backlog(row[0], row[1])

    async def forget_repeats_before(self, tx: AsyncConnection, day: int) -> int:
        """Forget the event keys of all earlier days; return how many there were."""
        return (await tx.execute(seen_events.delete().where(seen_events.c.day < day))).rowcount

    async def oldest_key_day(self, tx: AsyncConnection) -> int | None:
        """Return the first day whose inbox key is still needed."""
        found: int | None = (await tx.execute(sa.select(sa.func.min(inbox.c.key_day)))).scalar()
        return found


def _cell(event_key: bytes, person: PersonId) -> Cell:
    return Cell("inbox", "body", event_key, person)


def _row(event: NewEvent, day: int, key: bytes) -> dict[str, Any]:
    return {
        "event_key": event.event_key,
        "person_id": event.person_id,
        "platform_at_ms": event.platform_at_ms,
        "received_at_ms": event.received_at_ms,
        "due_at_ms": event.received_at_ms,
        "key_day": day,
        "body": seal(key, event.body, _cell(event.event_key, event.person_id)),
    }


def _pending(row: Any, key: bytes) -> PendingEvent:
    cell = _cell(row.event_key, row.person_id)
    return PendingEvent(
        inbox_id=row.inbox_id,
        person_id=PersonId(row.person_id),
        platform_at_ms=row.platform_at_ms,
        due_at_ms=row.due_at_ms,
        attempts=row.attempts,
        body=_open_or_none(key, row.body, cell),
    )


def _open_or_none(key: bytes, sealed: bytes, cell: Cell) -> bytes | None:
    try:
        return open_sealed(key, sealed, cell)
    except Undecryptable:
        return None
