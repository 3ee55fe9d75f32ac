"""Runs: each occurrence of a broadcast, claimed by a row that only one node can add."""

import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.records import OPEN, Run, RunId, RunState
from storage.db.broadcast_tables import broadcasts, runs
from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import deliveries


class Runs:
    """Begins runs, remembers how far each is, and ends them."""

    def __init__(self, database: Database) -> None:
        self._begin = insert_new(database, runs)

    async def begin(
        self,
        tx: AsyncConnection,
        number: int,
        *,
        occurs_at_ms: int,
        expires_at_ms: int,
        state: RunState,
        now_ms: int,
    ) -> bool:
        """Begin an occurrence; return False where it has begun before, here or elsewhere."""
        row = {
            "run_id": secrets.token_bytes(16),
            "number": number,
            "occurs_at_ms": occurs_at_ms,
            "expires_at_ms": expires_at_ms,
            "state": state,
            "started_at_ms": now_ms,
        }
        return bool((await tx.execute(self._begin, row)).rowcount)

    async def take(self, tx: AsyncConnection, state: RunState, *, limit: int) -> list[Run]:
        """Return runs of scheduled broadcasts that are so far; no other node gets them."""
        mine = (
            runs.select()
            .join(broadcasts, broadcasts.c.number == runs.c.number)
            .where(runs.c.state == state, broadcasts.c.state == "scheduled")
            .order_by(runs.c.started_at_ms)
            .limit(limit)
            .with_for_update(of=runs, skip_locked=True)
        )
        return [_run(row) for row in await tx.execute(mine)]

    async def list_of(self, tx: AsyncConnection, number: int) -> list[Run]:
        """Return the runs of a broadcast, the newest first."""
        mine = runs.select().where(runs.c.number == number).order_by(runs.c.occurs_at_ms.desc())
        return [_run(row) for row in await tx.execute(mine)]

    async def list_on(self, tx: AsyncConnection) -> list[Run]:
        """Return the runs of scheduled broadcasts of which something may be sent."""
        on = (
            runs.select()
            .join(broadcasts, broadcasts.c.number == runs.c.number)
            .where(runs.c.state.in_(("making", "sending")), broadcasts.c.state == "scheduled")
            .order_by(runs.c.started_at_ms)
        )
        return [_run(row) for row in await tx.execute(on)]

    async def advance(
        self, tx: AsyncConnection, run: Run, *, after: bytes | None, to: bytes | None
    ) -> bool:
        """Note how far a list is made; return False where it is not made from there any more.

        From here on, until the transaction ends, nobody else makes it or cancels its broadcast.
        """
        goes_on = (
            sa.select(broadcasts.c.number)
            .where(broadcasts.c.number == run.number, broadcasts.c.state == "scheduled")
            .with_for_update()
        )
        if (await tx.execute(goes_on)).first() is None:
            return False
        mine = (runs.c.run_id == run.run_id) & (runs.c.state == "making")
        from_there = runs.c.made_up_to.is_not_distinct_from(after)
        done = await tx.execute(runs.update().where(mine, from_there).values(made_up_to=to))
        return bool(done.rowcount)

    async def move(
        self,
        tx: AsyncConnection,
        run: RunId,
        to: RunState,
        *,
        now_ms: int,
        made_up_to: bytes | None = None,
    ) -> None:
        """Take a run on: to its next portion, or to another state."""
        ended = {"ended_at_ms": now_ms} if to in {"over", "cancelled"} else {}
        values = {"state": to, "made_up_to": made_up_to, **ended}
        await tx.execute(runs.update().where(runs.c.run_id == run).values(values))

    async def revive_missed(
        self,
        tx: AsyncConnection,
        number: int,
        *,
        occurs_at_ms: int,
        expires_at_ms: int,
        now_ms: int,
    ) -> int:
        """Let the newest missed occurrence occur now, and drop the others; return how many do."""
        missed = (runs.c.number == number) & (runs.c.state == "missed")
        newest = (
            await tx.execute(sa.select(sa.func.max(runs.c.occurs_at_ms)).where(missed))
        ).scalar()
        done = await tx.execute(
            runs.update()
            .where(missed, runs.c.occurs_at_ms == newest)
            .values(
                state="making",
                occurs_at_ms=occurs_at_ms,
                expires_at_ms=expires_at_ms,
                started_at_ms=now_ms,
            )
        )
        await self.drop_missed(tx, number, now_ms=now_ms)
        return done.rowcount

    async def drop_missed(self, tx: AsyncConnection, number: int, *, now_ms: int) -> int:
        """Cancel occurrences that were missed; return how many."""
        missed = (runs.c.number == number) & (runs.c.state == "missed")
        cancelled = {"state": "cancelled", "ended_at_ms": now_ms}
        return (await tx.execute(runs.update().where(missed).values(cancelled))).rowcount

    async def list_cancelled(self, tx: AsyncConnection) -> list[Run]:
        """Return open runs of broadcasts that were cancelled: what waits of them is dropped."""
        open_ = (
            runs.select()
            .join(broadcasts, broadcasts.c.number == runs.c.number)
            .where(runs.c.state.in_(("making", "sending", "missed")))
            .where(broadcasts.c.state == "cancelled")
        )
        return [_run(row) for row in await tx.execute(open_)]

    async def is_any_done(self, tx: AsyncConnection) -> bool:
        """Tell whether no delivery of some run is open any more."""
        query = sa.select(runs.c.run_id).where(_is_done()).limit(1)
        return (await tx.execute(query)).first() is not None

    async def end_those_done(self, tx: AsyncConnection, *, now_ms: int) -> list[int]:
        """End runs of which no delivery is open any more; return their broadcasts' numbers."""
        done = await tx.execute(
            runs.update()
            .where(_is_done())
            .values(state="over", ended_at_ms=now_ms)
            .returning(runs.c.number)
        )
        return list(done.scalars())


def _is_done() -> sa.ColumnElement[bool]:
    is_open = sa.exists().where(
        deliveries.c.run_id == runs.c.run_id, deliveries.c.outcome.in_(OPEN)
    )
    return (runs.c.state == "sending") & ~is_open


def _run(row: Any) -> Run:
    return Run(
        RunId(row.run_id),
        row.number,
        row.occurs_at_ms,
        row.expires_at_ms,
        row.state,
        row.made_up_to,
        row.started_at_ms,
        row.ended_at_ms,
    )
