"""Requests that a human answers: each has a number, a status, and a date by which it is due."""

import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
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
        return await _found(tx, query.order_by(cases.c.opened_at_ms.desc()))

    async def list_open(self, tx: AsyncConnection) -> Sequence[Case]:
        """Return everybody's open cases, what is due first."""
        query = cases.select().where(cases.c.status == "open")
        return await _found(tx, query.order_by(cases.c.due_at_ms))

    async def mark_answered(self, tx: AsyncConnection, number: str) -> bool:
        """Note that an open case was answered; return whether there was one."""
        done = await tx.execute(
            cases.update()
            .where(cases.c.number == number, cases.c.status == "open")
            .values(status="answered")
        )
        return done.rowcount > 0


async def _found(tx: AsyncConnection, query: sa.Select[Any]) -> list[Case]:
    rows = await tx.execute(query)
    return [Case(row.number, row.kind, row.status, row.opened_at_ms, row.due_at_ms) for row in rows]
