"""The state of each Page: whether it is paused, and when its next message may leave."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new, insert_or_update
from storage.db.engine import Database
from storage.db.tables import page_states
from storage.records import PausedPage


class Pages:
    """Pauses and resumes Pages, and shares their pace among nodes."""

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self._ensure = insert_new(database, page_states)
        self._pause = insert_or_update(
            database, page_states, ("paused_reason", "paused_at_ms", "paused_until_ms")
        )

    async def pause(
        self,
        tx: AsyncConnection,
        page_id: str,
        *,
        reason: str,
        now_ms: int,
        until_ms: int | None,
    ) -> None:
        """Send nothing for a Page until a time, or until it is resumed."""
        row = {
            "page_id": page_id,
            "paused_reason": reason,
            "paused_at_ms": now_ms,
            "paused_until_ms": until_ms,
        }
        await tx.execute(self._pause, [row])

    async def resume(self, tx: AsyncConnection, page_ids: Sequence[str]) -> int:
        """Let Pages send again; return how many were paused."""
        done = await tx.execute(
            page_states.update()
            .where(page_states.c.page_id.in_(page_ids), page_states.c.paused_reason.is_not(None))
            .values(paused_reason=None, paused_at_ms=None, paused_until_ms=None)
        )
        return done.rowcount

    async def list_paused(self, tx: AsyncConnection, *, now_ms: int) -> list[PausedPage]:
        """Return the Pages for which nothing is sent now."""
        rows = await tx.execute(
            page_states.select().where(
                page_states.c.paused_reason.is_not(None),
                page_states.c.paused_until_ms.is_(None) | (page_states.c.paused_until_ms > now_ms),
            )
        )
        return [
            PausedPage(row.page_id, row.paused_reason, row.paused_at_ms, row.paused_until_ms)
            for row in rows
        ]

    async def reserve(
        self, tx: AsyncConnection, page_id: str, *, count: int, per_s: int, now_ms: int
    ) -> int:
        """Reserve `count` slots of a Page's pace; return in how many ms the first one starts.

        Nodes share one row per Page and, on PostgreSQL, the database's clock. Microseconds,
        because rounding a slot to milliseconds would cost a tenth of the pace.
        """
        await tx.execute(self._ensure, [{"page_id": page_id}])
        now = sa.literal(now_ms * 1000) if self._is_sqlite else _DATABASE_NOW_US
        slot = page_states.c.next_slot_at_us
        length_us = count * 1_000_000 // per_s
        row = await tx.execute(
            page_states.update()
            .where(page_states.c.page_id == page_id)
            .values(next_slot_at_us=sa.case((slot > now, slot), else_=now) + length_us)
            .returning((slot - length_us - now).label("wait_us"))
        )
        return max(0, int(row.scalar_one()) // 1000)


_DATABASE_NOW_US = sa.cast(
    sa.extract("epoch", sa.func.transaction_timestamp()) * 1_000_000, sa.BigInteger
)
