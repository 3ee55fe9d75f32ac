"""Requests that a human answers: each has a number, a status, and a date by which it is due."""

import secrets
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import cases
from storage.receipts import new_number
from storage.records import Case, PersonId


class Cases:
    """Opens cases and finds them."""

    async def open(
        self, tx: AsyncConnection, person: PersonId, kind: str, *, now_ms: int, due_at_ms: int
    ) -> Case:
        """Open a case of a kind for a person; one that is open already is returned instead."""
        for known in await self.list_of(tx, person):
            if known.kind == kind and known.status == "open":
                return known
        made = Case(new_number()[:9], kind, "open", now_ms, due_at_ms)
        row = {
            "case_id": secrets.token_bytes(16),
            "person_id": person,
            "number": made.number,
            "kind": kind,
            "status": made.status,
            "opened_at_ms": now_ms,
            "due_at_ms": due_at_ms,
        }
        await tx.execute(cases.insert(), [row])
        return made

    async def list_of(self, tx: AsyncConnection, person: PersonId) -> Sequence[Case]:
        """Return a person's cases, the newest first."""
        query = cases.select().where(cases.c.person_id == person)
        rows = await tx.execute(query.order_by(cases.c.opened_at_ms.desc()))
        return [
            Case(row.number, row.kind, row.status, row.opened_at_ms, row.due_at_ms) for row in rows
        ]
