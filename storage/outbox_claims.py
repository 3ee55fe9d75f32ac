"""The claim of messages: whoever has committed it, and nobody else, may send them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.frequency import Frequency
from storage.claimable import claimable, claimable_broadcasts
from storage.db.tables import outbox
from storage.errors import KeyLost, StorageError, Undecryptable
from storage.keyring import Keyring
from storage.outbox_rows import claimed_of
from storage.records import ClaimedMessage, OutboxId


class Claims:
    """Hands each message that is due to one sender."""

    def __init__(self, keyring: Keyring, frequency: Frequency) -> None:
        self._keyring = keyring
        self._frequency = frequency
        self._claimable = claimable()
        self._claimable_broadcasts = claimable_broadcasts()
        self._begin = (
            outbox.update()
            .where(outbox.c.outbox_id.in_(sa.bindparam("ids", expanding=True)))
            .values(
                state="begun",
                owner=sa.bindparam("node"),
                begun_at_ms=sa.bindparam("now_ms"),
                attempts=outbox.c.attempts + 1,
            )
        )

    async def claim(
        self, tx: AsyncConnection, *, node: str, pages: Sequence[str], now_ms: int, limit: int
    ) -> tuple[list[ClaimedMessage], dict[OutboxId, StorageError]]:
        """Take answers and notices that may be sent now for these Pages, one per person at most.

        Returns:
            What to send, and what can't be: its person's key is lost, or it does not open.
        """
        asked = {"pages": pages, "now_ms": now_ms, "limit": limit}
        found = (await tx.execute(self._claimable, asked)).all()
        return await self._claim(tx, found, node=node, now_ms=now_ms)

    async def claim_broadcasts(
        self,
        tx: AsyncConnection,
        *,
        node: str,
        room: Mapping[str, int],
        now_ms: int,
        limit: int,
        gaps_ms: Mapping[str, int],
    ) -> tuple[list[ClaimedMessage], dict[OutboxId, StorageError]]:
        """Take parts of broadcasts as `claim` does; what may not leave says why in `bar`.

        Args:
            tx: The transaction.
            node: Who claims.
            room: For which Pages, and how many of each: a long one holds up no other's.
            now_ms: The present time.
            limit: So many at most.
            gaps_ms: The least time between two broadcasts for one person, by purpose.
        """
        found: list[Any] = []
        for page, most in room.items():
            await asyncio.sleep(0)  # with many Pages, too, the loop is let go every few ms
            left = min(most, limit - len(found))
            asked = {"pages": [page], "now_ms": now_ms, "limit": left}
            found += (await tx.execute(self._claimable_broadcasts, asked)).all() if left else ()
        claimed, broken = await self._claim(tx, found, node=node, now_ms=now_ms)
        wanted = [
            (one.person_id, one.purpose_id or "", one.delivery_id)
            for one in claimed
            if one.bar is None and one.delivery_id is not None
        ]
        late = await self._frequency.take(tx, wanted, gaps_ms=gaps_ms, now_ms=now_ms)
        barred = [
            replace(one, bar="too often") if one.delivery_id in late else one for one in claimed
        ]
        return barred, broken

    async def _claim(
        self, tx: AsyncConnection, found: Sequence[Any], *, node: str, now_ms: int
    ) -> tuple[list[ClaimedMessage], dict[OutboxId, StorageError]]:
        if not found:
            return [], {}
        # A person may have an answer and a notice due: one of them now, the other when it ended.
        first: dict[bytes, Any] = {}
        for row in found:
            first.setdefault(row.person_id, row)
        rows = list(first.values())
        ids = [row.outbox_id for row in rows]
        await tx.execute(self._begin, {"ids": ids, "node": node, "now_ms": now_ms})
        keys = await self._keyring.find([row.person_id for row in rows])
        claimed: list[ClaimedMessage] = []
        broken: dict[OutboxId, StorageError] = {}
        for row in rows:
            try:
                claimed.append(claimed_of(row, keys.get(row.person_id)))
            except (KeyLost, Undecryptable) as trouble:
                broken[OutboxId(row.outbox_id)] = trouble
        return claimed, broken
