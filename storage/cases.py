"""Requests that a human answers: each has a number, a status, and a date by which it is due.

    open --answer written--> waiting --a lane delivered it--> answered
      `------------------------answered by hand----------------^

An answer is kept, sealed, until it has reached the person.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import cases
from storage.receipts import new_number
from storage.records import Case, PersonId
from storage.vault.sealing import Cell, open_sealed, seal

#: Not answered, or the answer has not reached the person yet.
_UNDONE = ("open", "waiting")
_MARK_BYTES = 5


@dataclass(frozen=True, slots=True)
class CaseOf:
    """A case with its owner, for whoever answers it."""

    case_id: bytes
    person_id: PersonId
    case: Case


def audit_mark(case_id: bytes) -> str:
    """Return what the audit, which stays, calls a request: C-7KQ2M4XD.

    Its person knows its number, and may have passed that on. Once the request is erased, nothing
    leads from the mark to the number.
    """
    digest = hashlib.sha256(b"chatmagico/case-mark/1\0" + case_id).digest()
    return f"C-{base64.b32encode(digest[:_MARK_BYTES]).decode()}"


class Cases:
    """Opens cases, finds them, and keeps their answers on the way."""

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

    async def list_undone(
        self, tx: AsyncConnection, *, limit: int | None = None, offset: int = 0
    ) -> Sequence[Case]:
        """Return everybody's cases that are open or wait for contact, what is due first."""
        query = cases.select().where(cases.c.status.in_(_UNDONE))
        ordered = query.order_by(cases.c.due_at_ms, cases.c.case_id)
        return await _found(tx, ordered.limit(limit).offset(offset))

    async def claim(self, tx: AsyncConnection, which: CaseOf, number: int) -> None:
        """Note which admin works on a case, in place of anybody before."""
        mine = cases.c.case_id == which.case_id
        await tx.execute(cases.update().where(mine).values(claimed_by=number))

    async def find(self, tx: AsyncConnection, number: str) -> CaseOf | None:
        """Return the case of a number, whoever's it is."""
        row = (await tx.execute(cases.select().where(cases.c.number == number))).first()
        if row is None:
            return None
        return CaseOf(row.case_id, PersonId(row.person_id), _case(row))

    async def answer(self, tx: AsyncConnection, which: CaseOf, key: bytes, text: str) -> bool:
        """Keep the answer to an open case until it is delivered; return whether it was open."""
        sealed = seal(key, text.encode(), _cell(which.case_id, which.person_id))
        is_open = (cases.c.case_id == which.case_id) & (cases.c.status == "open")
        change = cases.update().where(is_open).values(status="waiting", answer=sealed)
        return (await tx.execute(change)).rowcount > 0

    async def answers_of(
        self, tx: AsyncConnection, person: PersonId, key: bytes
    ) -> dict[str, tuple[bytes, str]]:
        """Return a person's answers that wait, by number: id of the case, and text."""
        query = cases.select().where(cases.c.person_id == person, cases.c.answer.is_not(None))
        return {
            row.number: (
                row.case_id,
                open_sealed(key, row.answer, _cell(row.case_id, person)).decode(),
            )
            for row in await tx.execute(query)
        }

    async def count_waiting(
        self, tx: AsyncConnection, people: Sequence[PersonId]
    ) -> dict[PersonId, int]:
        """Return for whom of these people how many answers wait."""
        query = (
            sa.select(cases.c.person_id, sa.func.count())
            .where(cases.c.person_id.in_(people), cases.c.status == "waiting")
            .group_by(cases.c.person_id)
        )
        return {PersonId(row[0]): row[1] for row in await tx.execute(query)}

    async def mark_delivered(self, tx: AsyncConnection, case_ids: Sequence[bytes]) -> None:
        """Note that answers reached their people, and forget the answers."""
        if case_ids:
            waiting = cases.c.case_id.in_(case_ids) & (cases.c.status == "waiting")
            done = cases.update().where(waiting).values(status="answered", answer=None)
            await tx.execute(done)

    async def mark_answered(self, tx: AsyncConnection, number: str) -> bool:
        """Note that a case was answered elsewhere; return whether one was undone."""
        done = await tx.execute(
            cases.update()
            .where(cases.c.number == number, cases.c.status.in_(_UNDONE))
            .values(status="answered", answer=None)
        )
        return done.rowcount > 0


async def _found(tx: AsyncConnection, query: sa.Select[Any]) -> list[Case]:
    return [_case(row) for row in await tx.execute(query)]


def _case(row: Any) -> Case:
    return Case(row.number, row.kind, row.status, row.opened_at_ms, row.due_at_ms, row.claimed_by)


def _cell(case_id: bytes, person: PersonId) -> Cell:
    return Cell("cases", "answer", case_id, person)
