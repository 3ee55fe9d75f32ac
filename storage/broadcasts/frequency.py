"""Not too often: one broadcast of a purpose for a person within a time, whoever sends it."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.broadcast_tables import frequency
from storage.db.dialects import insert_unless
from storage.db.engine import Database

#: Longer than any time between two broadcasts can be set to.
KEPT_MS = 31 * 86_400_000


class Frequency:
    """Gives each person's turn for a purpose to one delivery at a time."""

    def __init__(self, database: Database) -> None:
        is_mine = frequency.c.delivery_id == sa.bindparam("mine")
        is_long_ago = frequency.c.at_ms <= sa.bindparam("before_ms")
        self._take = insert_unless(
            database, frequency, ("delivery_id", "at_ms"), where=is_mine | is_long_ago
        )

    async def take(
        self,
        tx: AsyncConnection,
        wanted: Sequence[tuple[bytes, str, bytes]],
        *,
        gaps_ms: Mapping[str, int],
        now_ms: int,
    ) -> set[bytes]:
        """Take the turns of deliveries, each with its person and purpose; return who gets none.

        The update itself asks whether the turn is free, so two that ask at once can't both get it;
        a delivery that has its turn keeps it.
        """
        late: set[bytes] = set()
        for person_id, purpose_id, delivery_id in wanted:
            gap_ms = gaps_ms.get(purpose_id, 0)
            if not gap_ms:
                continue
            row = {
                "person_id": person_id,
                "purpose_id": purpose_id,
                "delivery_id": delivery_id,
                "at_ms": now_ms,
            }
            asked = {**row, "mine": delivery_id, "before_ms": now_ms - gap_ms}
            if not (await tx.execute(self._take, asked)).rowcount:
                late.add(delivery_id)
        return late
