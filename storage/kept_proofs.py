"""Proof of consent after an erasure, for whoever has to keep it: sealed under keys of its own.

    opening under the person's key ─▶ opening under the key of a day ─▶ key destroyed when due
    (goes with the person)            (no person's row leads here)

What stays is what a line of the ledger commits to, found again by the random number of the consent
record, which the person's own file has. It still counts as personal data, so it has a due date.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.ledger_tables import evidence, ledger_openings
from storage.inbox import day_of
from storage.keyring import Keyring
from storage.ledger.leaf import Opening
from storage.ledger.ledger import opening_cell
from storage.records import PersonId
from storage.vault.sealing import Cell, open_sealed, seal

_FEW: Final = 10
_DAY_MS: Final = 86_400_000


class KeptProofs:
    """Moves openings of people who are erased, and finds them again.

    Args:
        database: The main database.
        keyring: Has the keys of people, and those of days.
        days: How long proof stays after an erasure; 0 keeps none.
        write: Opens a transaction that writes, quick or not.
    """

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        *,
        days: int,
        write: Callable[[bool], AbstractAsyncContextManager[AsyncConnection]],
    ) -> None:
        self._keyring = keyring
        #: Follows the notice in force.
        self.days = days
        self._write = write
        self._add = insert_new(database, evidence)

    async def keep(self, people: Sequence[PersonId], *, now_ms: int) -> None:
        """Seal these people's openings anew, while their keys are there; twice does no harm."""
        if not self.days:
            return
        keys = await self._keyring.find(people)
        if not keys:
            return  # a step that is repeated: they were destroyed after this was done
        day = day_of(now_ms)
        day_key = await self._keyring.day_key(day, "evidence")
        theirs = ledger_openings.select().where(ledger_openings.c.person_id.in_(keys))
        async with self._write(len(keys) <= _FEW) as tx:
            rows = []
            for row in await tx.execute(theirs):
                cell = opening_cell(row.consent_id, row.person_id)
                opening = open_sealed(keys[row.person_id], row.opening, cell)
                rows.append(
                    {
                        "consent_id": row.consent_id,
                        "leaf_index": row.leaf_index,
                        "key_day": day,
                        "opening": seal(day_key, opening, _cell(row.consent_id)),
                        "due_at_ms": now_ms + self.days * _DAY_MS,
                    }
                )
            if rows:
                await tx.execute(self._add, rows)

    async def find(self, tx: AsyncConnection, consent_id: bytes) -> tuple[int, Opening] | None:
        """Return which line one is about, and what opens it; None where nothing is kept."""
        query = evidence.select().where(evidence.c.consent_id == consent_id)
        row = (await tx.execute(query)).first()
        if row is None:
            return None
        key = await self._keyring.day_key(row.key_day, "evidence")
        return row.leaf_index, Opening.from_bytes(
            open_sealed(key, row.opening, _cell(row.consent_id))
        )

    async def oldest_key_day(self, tx: AsyncConnection) -> int | None:
        """Return the first day whose key is still needed."""
        found: int | None = (await tx.execute(sa.select(sa.func.min(evidence.c.key_day)))).scalar()
        return found


def _cell(consent_id: bytes) -> Cell:
    return Cell("evidence", "opening", consent_id, b"")
