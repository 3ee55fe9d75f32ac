"""Deliveries that are over before they were sent: of no use any more, or lost on their way."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.audience import agrees
from storage.broadcasts.records import Outcome, RunId
from storage.db.broadcast_tables import broadcasts, runs
from storage.db.columns import WAITS
from storage.db.tables import consent_status, deliveries, mails, outbox


async def end_some(
    tx: AsyncConnection,
    which: sa.ColumnElement[bool],
    outcome: Outcome,
    *,
    now_ms: int,
    limit: int,
) -> int:
    """End some of those deliveries; return how many."""
    some = sa.select(deliveries.c.delivery_id).where(which).limit(limit)
    done = await tx.execute(
        deliveries.update()
        .where(deliveries.c.delivery_id.in_(some))
        .values(outcome=outcome, at_ms=now_ms)
    )
    return done.rowcount


class ExpiringDeliveries:
    """Looks for what is over, and ends it."""

    async def is_any_late(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether some that wait in a run that goes on are of no use any more."""
        sending = (
            sa.select(runs.c.run_id)
            .join(broadcasts, broadcasts.c.number == runs.c.number)
            .where(runs.c.state == "sending", broadcasts.c.state == "scheduled")
        )
        late = sa.text(WAITS) & (deliveries.c.expires_at_ms <= now_ms)
        query = sa.select(deliveries.c.delivery_id).where(deliveries.c.run_id.in_(sending), late)
        return (await tx.execute(query.limit(1))).first() is not None

    async def end_late(self, tx: AsyncConnection, run: RunId, *, now_ms: int, limit: int) -> int:
        """End some that wait and are of no use any more; return how many.

        Whoever stopped while something waited for their next contact has opted out: for them it
        did not just come too late.
        """
        is_late = deliveries.c.expires_at_ms <= now_ms
        late = (deliveries.c.run_id == run) & sa.text(WAITS) & is_late
        stands = (
            sa.exists()
            .where(consent_status.c.person_id == deliveries.c.person_id)
            .where(consent_status.c.purpose_id == deliveries.c.purpose_id, agrees())
        )
        opted_out = await end_some(tx, late & ~stands, "opted out", now_ms=now_ms, limit=limit)
        return opted_out + await end_some(tx, late & stands, "expired", now_ms=now_ms, limit=limit)

    async def is_any_lost(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether something is queued, is over, and has neither message nor mail left."""
        return (await tx.execute(_lost(now_ms).limit(1))).first() is not None

    async def end_lost(self, tx: AsyncConnection, *, now_ms: int, limit: int) -> int:
        """End as unknown what is queued, is over, and has neither message nor mail left."""
        done = await tx.execute(
            deliveries.update()
            .where(deliveries.c.delivery_id.in_(_lost(now_ms).limit(limit)))
            .values(outcome="unknown", at_ms=now_ms)
        )
        return done.rowcount


def _lost(now_ms: int) -> sa.Select[Any]:
    # By the runs, not by a join with them: so only what is queued is looked at.
    sending = sa.select(runs.c.run_id).where(runs.c.state == "sending")
    return (
        sa.select(deliveries.c.delivery_id)
        .where(deliveries.c.run_id.in_(sending), deliveries.c.outcome == "queued")
        .where(deliveries.c.expires_at_ms <= now_ms)
        .where(~sa.exists().where(outbox.c.delivery_id == deliveries.c.delivery_id))
        .where(~sa.exists().where(mails.c.delivery_id == deliveries.c.delivery_id))
    )
