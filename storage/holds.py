"""Pages that admins hold: nothing leaves for them but what people asked for, or have to be told.

Answers, STOP confirmations, answers to requests and word of a look at somebody's data go on. A hold
stands beside the pauses in `pages.py`, which come from Messenger and stop everything: none of them
ends the other.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.claimable import is_unasked
from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.hold_tables import page_holds
from storage.db.tables import outbox


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A Page that an admin holds, and how much waits for that."""

    page_id: str
    since_ms: int
    #: The admin's number.
    by: int
    #: How many messages wait, so many at most: counting goes no further.
    waiting: int


#: More is not counted.
MOST_COUNTED = 10_000


class Holds:
    """Holds Pages and lets them go; all nodes go by it from their next claim on."""

    def __init__(self, database: Database) -> None:
        self._add = insert_new(database, page_holds)

    async def hold(self, tx: AsyncConnection, page_id: str, *, by: int, now_ms: int) -> None:
        """Hold a Page; one that is held already stays as it is."""
        row = {"page_id": page_id, "held_at_ms": now_ms, "held_by": by}
        await tx.execute(self._add, [row])

    async def let_go(self, tx: AsyncConnection, page_id: str) -> bool:
        """Let a Page go on; return whether it was held."""
        mine = page_holds.c.page_id == page_id
        return (await tx.execute(page_holds.delete().where(mine))).rowcount > 0

    async def list_all(self, tx: AsyncConnection) -> list[HeldPage]:
        """Return the Pages that are held."""
        rows = (await tx.execute(page_holds.select().order_by(page_holds.c.page_id))).all()
        return [
            HeldPage(row.page_id, row.held_at_ms, row.held_by, await _waiting(tx, row.page_id))
            for row in rows
        ]


async def _waiting(tx: AsyncConnection, page_id: str) -> int:
    some = (
        sa.select(outbox.c.seq)
        .where(outbox.c.state == "pending", outbox.c.page_id == page_id, is_unasked(outbox))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return int((await tx.execute(sa.select(sa.func.count()).select_from(some))).scalar_one())
