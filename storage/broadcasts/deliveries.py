"""Deliveries: one person's part of one run, from when it is made to what came of it.

    waiting --its messages are made--> queued --> sent, unknown, or the reason why not

A delivery is queued shortly before it can leave. It is settled in the transaction that settles the
message it counts by, so that the two cannot disagree.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.expiring import end_some
from storage.broadcasts.records import (
    OPEN,
    Count,
    DeliveryId,
    DueDelivery,
    Lane,
    NewDelivery,
    Outcome,
    RunId,
)
from storage.db.broadcast_tables import broadcasts, run_counts, runs
from storage.db.columns import WAITS_FOR_CONTACT
from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import deliveries, outbox, people
from storage.records import PersonId

#: So many failures are looked at before a share of them means anything.
_FEWEST_FAILED = 20
_FAILED: tuple[Outcome, ...] = ("refused", "unknown")


class Deliveries:
    """Makes deliveries, hands them out in portions, and notes what came of each."""

    def __init__(self, database: Database) -> None:
        self._add = insert_new(database, deliveries)
        self._end = (
            deliveries.update()
            .where(deliveries.c.delivery_id.in_(sa.bindparam("ids", expanding=True)))
            .where(deliveries.c.outcome.in_(OPEN))
            .values(outcome=sa.bindparam("ended"), at_ms=sa.bindparam("now_ms"))
        )

    async def add(
        self,
        tx: AsyncConnection,
        run: RunId,
        purpose_id: str,
        new: Sequence[NewDelivery],
        *,
        now_ms: int,
    ) -> None:
        """Make deliveries; whoever has one in this run already keeps that one."""
        # Random, but next to each other: a portion of a million touches few pages of the index.
        portion = secrets.token_bytes(6)
        rows = [
            {
                "delivery_id": portion + secrets.token_bytes(10),
                "person_id": one.person_id,
                "purpose_id": purpose_id,
                "lane": one.lane,
                "outcome": one.outcome,
                "at_ms": now_ms,
                "run_id": run,
                "due_at_ms": one.due_at_ms,
                "expires_at_ms": one.expires_at_ms,
            }
            for one in new
        ]
        if rows:
            await tx.execute(self._add, rows)

    async def take_due(
        self, tx: AsyncConnection, run: RunId, lane: Lane, *, now_ms: int, limit: int
    ) -> list[DueDelivery]:
        """Return, and lock, deliveries whose messages are to be made now, the earliest first."""
        due = (
            sa.select(deliveries, people.c.language, people.c.page_id)
            .join(people, people.c.person_id == deliveries.c.person_id)
            .where(deliveries.c.run_id == run, deliveries.c.outcome == "waiting")
            .where(deliveries.c.lane == lane, deliveries.c.due_at_ms <= now_ms)
            .order_by(deliveries.c.due_at_ms)
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        return [_due_delivery(row) for row in await tx.execute(due)]

    async def is_due(self, tx: AsyncConnection, run: RunId, lane: Lane, *, now_ms: int) -> bool:
        """Tell whether the messages of a delivery are to be made now."""
        query = sa.select(deliveries.c.delivery_id).where(
            deliveries.c.run_id == run,
            deliveries.c.outcome == "waiting",
            deliveries.c.lane == lane,
            deliveries.c.due_at_ms <= now_ms,
        )
        return (await tx.execute(query.limit(1))).first() is not None

    async def mark_queued(
        self, tx: AsyncConnection, ids: Sequence[DeliveryId], *, now_ms: int
    ) -> None:
        """Note that the messages of these deliveries wait to be sent."""
        mine = deliveries.c.delivery_id.in_(ids) & (deliveries.c.outcome == "waiting")
        queued = deliveries.update().where(mine)
        if ids:
            await tx.execute(queued.values(outcome="queued", at_ms=now_ms))

    async def end(
        self, tx: AsyncConnection, ids: Iterable[bytes], outcome: Outcome, *, now_ms: int
    ) -> None:
        """Note what came of deliveries that are still open."""
        if those := list(ids):
            await tx.execute(self._end, {"ids": those, "ended": outcome, "now_ms": now_ms})

    async def take_waiting(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int, limit: int
    ) -> list[tuple[int, DueDelivery]]:
        """Return what waits for a person to write, each with its broadcast's number."""
        query = (
            sa.select(deliveries, runs.c.number, people.c.language, people.c.page_id)
            .join(runs, runs.c.run_id == deliveries.c.run_id)
            .join(broadcasts, broadcasts.c.number == runs.c.number)
            .join(people, people.c.person_id == deliveries.c.person_id)
            .where(deliveries.c.person_id == person, sa.text(WAITS_FOR_CONTACT))
            .where(deliveries.c.expires_at_ms > now_ms, broadcasts.c.state == "scheduled")
            .order_by(deliveries.c.due_at_ms)
            .limit(limit)
            .with_for_update(of=deliveries)
        )
        return [(row.number, _due_delivery(row)) for row in await tx.execute(query)]

    async def wait_for_contact(
        self, tx: AsyncConnection, delivery_id: bytes, *, now_ms: int
    ) -> None:
        """Offer a delivery when its person next writes: now it can't be pushed to them."""
        mine = (deliveries.c.delivery_id == delivery_id) & (deliveries.c.outcome == "queued")
        waits = {"lane": "next_contact", "outcome": "waiting", "at_ms": now_ms}
        await tx.execute(deliveries.update().where(mine).values(waits))

    async def put_off(
        self, tx: AsyncConnection, ids: Sequence[DeliveryId], *, due_at_ms: int, now_ms: int
    ) -> None:
        """Let deliveries wait for longer; those of no use by then end."""
        mine = deliveries.c.delivery_id.in_(ids) & (deliveries.c.outcome == "waiting")
        is_late = deliveries.c.expires_at_ms <= due_at_ms
        quiet = sa.case((is_late, "quiet hours"), else_="waiting")
        values = {"due_at_ms": due_at_ms, "outcome": quiet, "at_ms": now_ms}
        await tx.execute(deliveries.update().where(mine).values(values))

    async def make_anew(
        self, tx: AsyncConnection, ids: Sequence[bytes], *, now_ms: int
    ) -> list[bytes]:
        """Let deliveries wait again whose messages did not leave in time; return those of use.

        What is left of their messages goes: all of it is made anew.
        """
        if not ids:
            return []
        mine = deliveries.c.delivery_id.in_(ids) & (deliveries.c.outcome == "queued")
        still = deliveries.c.expires_at_ms > now_ms
        again = deliveries.update().where(mine, still).values(outcome="waiting", at_ms=now_ms)
        found = list((await tx.execute(again.returning(deliveries.c.delivery_id))).scalars())
        if found:
            await tx.execute(outbox.delete().where(outbox.c.delivery_id.in_(found)))
        return found

    async def end_waiting(
        self, tx: AsyncConnection, run: RunId, outcome: Outcome, *, now_ms: int, limit: int
    ) -> int:
        """End some deliveries that wait; return how many."""
        waiting = (deliveries.c.run_id == run) & (deliveries.c.outcome == "waiting")
        return await end_some(tx, waiting, outcome, now_ms=now_ms, limit=limit)

    async def count_queued(self, tx: AsyncConnection, run: RunId, lane: Lane) -> int:
        """Return of how many deliveries the messages wait to be sent.

        One in doubt waits for its echo only, perhaps for long: it must not hold up the others.
        """
        queued = (deliveries.c.run_id == run) & (deliveries.c.outcome == "queued")
        of_lane = sa.select(deliveries.c.delivery_id).where(queued, deliveries.c.lane == lane)
        in_doubt = sa.select(sa.func.count()).where(
            outbox.c.state == "in_doubt", outbox.c.counts, outbox.c.delivery_id.in_(of_lane)
        )
        all_of_them = sa.select(sa.func.count()).select_from(of_lane.subquery())
        difference = all_of_them.scalar_subquery() - in_doubt.scalar_subquery()
        return int((await tx.execute(sa.select(difference))).scalar_one())

    async def fails_too_often(self, tx: AsyncConnection, run: RunId, *, one_in: int) -> bool:
        """Tell whether at least one in so many fails; it looks at few rows, however large a run."""
        mine = deliveries.c.run_id == run
        failed_query = sa.select(sa.func.count()).where(mine, deliveries.c.outcome.in_(_FAILED))
        failed = int((await tx.execute(failed_query)).scalar_one())
        if failed < _FEWEST_FAILED:
            return False
        enough = failed * (one_in - 1)
        some = sa.select(deliveries.c.delivery_id).where(mine, deliveries.c.outcome == "sent")
        counted = sa.select(sa.func.count()).select_from(some.limit(enough + 1).subquery())
        return int((await tx.execute(counted)).scalar_one()) <= enough

    async def count(self, tx: AsyncConnection, ids: Sequence[RunId]) -> list[Count]:
        """Count the deliveries of some runs, by lane and outcome, those long gone included."""
        live = (
            sa.select(deliveries.c.lane, deliveries.c.outcome, sa.func.count().label("count"))
            .where(deliveries.c.run_id.in_(ids))
            .group_by(deliveries.c.lane, deliveries.c.outcome)
        )
        past = sa.select(run_counts.c.lane, run_counts.c.outcome, run_counts.c.count).where(
            run_counts.c.run_id.in_(ids)
        )
        both = sa.union_all(live, past).subquery()
        total = sa.func.sum(both.c.count)
        query = (
            sa.select(both.c.lane, both.c.outcome, total)
            .group_by(both.c.lane, both.c.outcome)
            .order_by(both.c.lane, both.c.outcome)
        )
        return [Count(lane, outcome, int(n)) for lane, outcome, n in await tx.execute(query)]


def _due_delivery(row: Any) -> DueDelivery:
    return DueDelivery(
        DeliveryId(row.delivery_id),
        PersonId(row.person_id),
        row.lane,
        row.expires_at_ms,
        row.language,
        row.page_id,
    )
