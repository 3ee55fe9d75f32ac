"""Broadcasts as they were written, and how far each is.

draft --schedule--> scheduled --last run over--> over
                      |  ^
                   pause resume       cancelled from anywhere but over
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.records import Broadcast, NewBroadcast, State
from storage.db.broadcast_tables import broadcasts, runs

#: A local broadcast begins where the day begins first, 14 hours before UTC.
FIRST_ZONE_MS = 14 * 3_600_000


class Broadcasts:
    """Keeps broadcasts."""

    async def add(self, tx: AsyncConnection, new: NewBroadcast, *, now_ms: int) -> int:
        """Keep a draft; return its number."""
        row = {name: getattr(new, name) for name in _WRITTEN}
        values = {**row, "state": "draft", "made_at_ms": now_ms}
        done = await tx.execute(broadcasts.insert().values(values).returning(broadcasts.c.number))
        return int(done.scalar_one())

    async def rewrite(self, tx: AsyncConnection, number: int, new: NewBroadcast) -> bool:
        """Change a draft; return False where it is none any more."""
        row = {name: getattr(new, name) for name in _WRITTEN}
        mine = (broadcasts.c.number == number) & (broadcasts.c.state == "draft")
        return bool((await tx.execute(broadcasts.update().where(mine).values(row))).rowcount)

    async def get(self, tx: AsyncConnection, number: int) -> Broadcast | None:
        """Return one broadcast; on PostgreSQL nobody else changes it until this ends."""
        mine = broadcasts.select().where(broadcasts.c.number == number).with_for_update()
        row = (await tx.execute(mine)).first()
        return None if row is None else _broadcast(row)

    async def list_all(self, tx: AsyncConnection, *, limit: int = 50) -> list[Broadcast]:
        """Return broadcasts, the newest first."""
        newest = broadcasts.select().order_by(broadcasts.c.number.desc()).limit(limit)
        return [_broadcast(row) for row in await tx.execute(newest)]

    async def move(
        self,
        tx: AsyncConnection,
        number: int,
        *,
        from_: Sequence[State],
        to: State,
        reason: str | None = None,
    ) -> bool:
        """Take a broadcast from one of some states to another; return False where it is in none."""
        mine = (broadcasts.c.number == number) & broadcasts.c.state.in_(from_)
        values = {"state": to, "reason": reason}
        return bool((await tx.execute(broadcasts.update().where(mine).values(values))).rowcount)

    async def put_on(
        self,
        tx: AsyncConnection,
        number: int,
        *,
        cron: str,
        zone: str,
        is_local: bool,
        is_urgent: bool,
    ) -> None:
        """Note by which clock a broadcast occurs, and how often."""
        values = {"cron": cron, "zone": zone, "is_local": is_local, "is_urgent": is_urgent}
        mine = broadcasts.c.number == number
        await tx.execute(broadcasts.update().where(mine).values(values))

    async def set_next(self, tx: AsyncConnection, number: int, next_at_ms: int | None) -> None:
        """Note when a broadcast next occurs; None where it does not any more."""
        mine = broadcasts.c.number == number
        await tx.execute(broadcasts.update().where(mine).values(next_at_ms=next_at_ms))

    async def set_for_many(self, tx: AsyncConnection, number: int, *, is_for_many: bool) -> None:
        """Note whether a broadcast may go to more people than one admin may send to."""
        mine = broadcasts.c.number == number
        await tx.execute(broadcasts.update().where(mine).values(is_for_many=is_for_many))

    async def set_author(self, tx: AsyncConnection, number: int, made_by: str) -> None:
        """Note who answers for a broadcast from now on."""
        mine = broadcasts.c.number == number
        await tx.execute(broadcasts.update().where(mine).values(made_by=made_by))

    async def list_scheduled(self, tx: AsyncConnection) -> list[Broadcast]:
        """Return the broadcasts that go on."""
        mine = broadcasts.select().where(broadcasts.c.state == "scheduled")
        return [_broadcast(row) for row in await tx.execute(mine.order_by(broadcasts.c.number))]

    async def set_picture(self, tx: AsyncConnection, number: int, picture_id: str) -> None:
        """Note what Meta calls a broadcast's picture."""
        mine = broadcasts.c.number == number
        await tx.execute(broadcasts.update().where(mine).values(picture_id=picture_id))

    async def is_anything_on(self, tx: AsyncConnection) -> bool:
        """Tell whether any broadcast is scheduled, or was cancelled in the middle of a run."""
        is_ending = (broadcasts.c.state == "cancelled") & _has_open_run()
        is_on = (broadcasts.c.state == "scheduled") | is_ending
        query = sa.select(broadcasts.c.number).where(is_on).limit(1)
        return (await tx.execute(query)).first() is not None

    async def is_any_due(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether a broadcast occurs now, or should have."""
        return (await tx.execute(_due(now_ms).limit(1))).first() is not None

    async def list_due(self, tx: AsyncConnection, *, now_ms: int, limit: int) -> list[Broadcast]:
        """Return, and lock, broadcasts that occur now, or should have."""
        due = _due(now_ms).limit(limit).with_for_update(skip_locked=True)
        return [_broadcast(row) for row in await tx.execute(due)]

    async def is_any_over(self, tx: AsyncConnection) -> bool:
        """Tell whether some broadcast has no occurrence and no open run left."""
        query = sa.select(broadcasts.c.number).where(_is_over()).limit(1)
        return (await tx.execute(query)).first() is not None

    async def end_those_over(self, tx: AsyncConnection) -> list[int]:
        """End broadcasts that have no occurrence and no open run left; return their numbers."""
        done = await tx.execute(
            broadcasts.update()
            .where(_is_over())
            .values(state="over")
            .returning(broadcasts.c.number)
        )
        return list(done.scalars())


_WRITTEN = (
    "page_id",
    "purpose_id",
    "kind",
    "title",
    "content",
    "cron",
    "zone",
    "is_local",
    "is_urgent",
    "useful_ms",
    "made_by",
)


def _has_open_run() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        runs.c.number == broadcasts.c.number, runs.c.state.in_(("making", "sending", "missed"))
    )


def _is_over() -> sa.ColumnElement[bool]:
    has_no_next = broadcasts.c.next_at_ms.is_(None)
    return (broadcasts.c.state == "scheduled") & has_no_next & ~_has_open_run()


def _due(now_ms: int) -> sa.Select[Any]:
    next_at_ms = broadcasts.c.next_at_ms
    begins_first = broadcasts.c.is_local & (next_at_ms <= now_ms + FIRST_ZONE_MS)
    occurs = begins_first | (next_at_ms <= now_ms)
    return broadcasts.select().where(broadcasts.c.state == "scheduled", occurs).order_by(next_at_ms)


def _broadcast(row: Any) -> Broadcast:
    what = NewBroadcast(**{name: getattr(row, name) for name in _WRITTEN})
    return Broadcast(
        row.number,
        what,
        row.state,
        row.reason,
        row.picture_id,
        row.next_at_ms,
        row.made_at_ms,
        row.is_for_many,
    )
