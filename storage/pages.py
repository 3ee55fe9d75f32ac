"""The state of each Page: whether it is paused, and when its next message may leave."""

from collections.abc import Mapping, Sequence
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import page_states
from storage.records import PausedPage

#: What slots are for: all that a Page sends, or broadcasts, which are slower.
Pacing = Literal["everything", "broadcasts"]
_SLOTS: Mapping[Pacing, str] = {
    "everything": "next_slot_at_us",
    "broadcasts": "next_broadcast_at_us",
}
#: Why a Page is paused that Meta blocked; only Meta's word resumes it.
BLOCKED = "blocked by Meta"
#: No honest reservation reaches further; a slot that does was reckoned by a clock that was wrong.
_FURTHEST_SLOT_US = 60_000_000


class Pages:
    """Pauses and resumes Pages, and shares their pace among nodes."""

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self._ensure = insert_new(database, page_states)

    async def pause(
        self,
        tx: AsyncConnection,
        page_id: str,
        *,
        reason: str,
        now_ms: int,
        until_ms: int | None,
    ) -> bool:
        """Send nothing for a Page until a time, or until it is resumed.

        Returns:
            False where the Page is paused for a stronger reason, or by this one for longer.
        """
        await tx.execute(self._ensure, [{"page_id": page_id}])
        done = await tx.execute(
            page_states.update()
            .where(page_states.c.page_id == page_id, _yields(reason, now_ms, until_ms))
            .values(paused_reason=reason, paused_at_ms=now_ms, paused_until_ms=until_ms)
        )
        return bool(done.rowcount)

    async def resume(self, tx: AsyncConnection, page_ids: Sequence[str]) -> int:
        """Let Pages send again that Meta did not block; return how many were paused."""
        return await self._resume(
            tx, page_states.c.page_id.in_(page_ids), page_states.c.paused_reason != BLOCKED
        )

    async def judge(
        self, tx: AsyncConnection, page_id: str, *, is_blocked: bool, at_ms: int, now_ms: int
    ) -> bool:
        """Take in Meta's verdict on a Page, given at `at_ms`; return whether it is news.

        Verdicts come more than once and in any order: only one newer than the last counts.
        """
        await tx.execute(self._ensure, [{"page_id": page_id}])
        last = page_states.c.judged_at_ms
        news = await tx.execute(
            page_states.update()
            .where(page_states.c.page_id == page_id, last.is_(None) | (last < at_ms))
            .values(judged_at_ms=at_ms)
        )
        if not news.rowcount:
            return False
        if is_blocked:
            await self.pause(tx, page_id, reason=BLOCKED, now_ms=now_ms, until_ms=None)
        else:
            blocked = page_states.c.paused_reason == BLOCKED
            await self._resume(tx, page_states.c.page_id == page_id, blocked)
        return True

    async def _resume(self, tx: AsyncConnection, *which: sa.ColumnElement[bool]) -> int:
        done = await tx.execute(
            page_states.update()
            .where(*which, page_states.c.paused_reason.is_not(None))
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

    async def note_heard(
        self, tx: AsyncConnection, page_ids: Sequence[str], *, now_ms: int
    ) -> None:
        """Note that Messenger has just posted something for these Pages."""
        for page_id in sorted(page_ids):
            await tx.execute(self._ensure, [{"page_id": page_id}])
            this = page_states.c.page_id == page_id
            await tx.execute(page_states.update().where(this).values(heard_at_ms=now_ms))

    async def list_heard(self, tx: AsyncConnection) -> dict[str, int]:
        """Return when something was last posted for each Page that anything was posted for."""
        heard = page_states.c.heard_at_ms
        query = sa.select(page_states.c.page_id, heard).where(heard.is_not(None))
        return {row.page_id: row.heard_at_ms for row in await tx.execute(query)}

    async def reserve(
        self,
        tx: AsyncConnection,
        page_id: str,
        *,
        of: Pacing = "everything",
        count: int,
        per_s: int,
        now_ms: int,
    ) -> int:
        """Reserve `count` slots of a Page's pace; return in how many ms the first one starts.

        Nodes share one row per Page and, on PostgreSQL, the database's clock. Microseconds,
        because rounding a slot to milliseconds would cost a tenth of the pace.
        """
        await tx.execute(self._ensure, [{"page_id": page_id}])
        now = sa.literal(now_ms * 1000) if self._is_sqlite else _DATABASE_NOW_US
        slot = page_states.c[_SLOTS[of]]
        is_ahead = (slot > now) & (slot <= now + _FURTHEST_SLOT_US)
        length_us = count * 1_000_000 // per_s
        row = await tx.execute(
            page_states.update()
            .where(page_states.c.page_id == page_id)
            .values({slot: sa.case((is_ahead, slot), else_=now) + length_us})
            .returning((slot - length_us - now).label("wait_us"))
        )
        return max(0, int(row.scalar_one()) // 1000)


def _yields(reason: str, now_ms: int, until_ms: int | None) -> sa.ColumnElement[bool]:
    """Match a Page whose present pause, if any, is no stronger than a new one.

    Meta's block is stronger than what waits for somebody to act, and that than a mere rest.
    """
    present, until = page_states.c.paused_reason, page_states.c.paused_until_ms
    if reason == BLOCKED:
        return sa.true()
    if until_ms is None:
        return present.is_(None) | (present != BLOCKED)
    return present.is_(None) | (until <= max(now_ms, until_ms))


_DATABASE_NOW_US = sa.cast(
    sa.extract("epoch", sa.func.transaction_timestamp()) * 1_000_000, sa.BigInteger
)
