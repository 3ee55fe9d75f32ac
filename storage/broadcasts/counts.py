"""What stays of a run once its deliveries are gone: how many went which way, and how it ended."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.records import OPEN
from storage.db.broadcast_tables import run_counts
from storage.db.dialects import insert_or_add
from storage.db.tables import deliveries


async def count_up(
    tx: AsyncConnection, run_id: bytes, counts: Mapping[tuple[str, str], int]
) -> None:
    """Count those of whom no row is kept, by lane and outcome."""
    rows = [
        {"run_id": run_id, "lane": lane, "outcome": outcome, "count": count}
        for (lane, outcome), count in sorted(counts.items())
    ]
    if rows:
        await tx.execute(insert_or_add(tx, run_counts, "count"), rows)


async def fold(tx: AsyncConnection, which: sa.ColumnElement[bool]) -> None:
    """Add deliveries that are about to be deleted to the counts of their runs."""
    outcome = sa.case((deliveries.c.outcome.in_(OPEN), "erased"), else_=deliveries.c.outcome).label(
        "outcome"
    )
    grouped = (
        sa.select(deliveries.c.run_id, deliveries.c.lane, outcome, sa.func.count())
        .where(which, deliveries.c.run_id.is_not(None))
        .group_by(deliveries.c.run_id, deliveries.c.lane, outcome)
        .order_by(deliveries.c.run_id)
    )
    for run_id, lane, ended, count in (await tx.execute(grouped)).all():
        await count_up(tx, run_id, {(lane, ended): count})
