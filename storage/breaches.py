"""The register of breaches: every one, notified or not (Art. 33(5) GDPR).

What is written about a breach is a line; a correction is one more line. Nothing is ever changed,
and when the controller became aware is stated once, at the opening.
"""

import dataclasses
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.breach_tables import breach_lines, breach_reminders, breaches
from storage.errors import StorageError
from storage.receipts import new_number
from storage.vault.sealing import Cell, open_sealed, seal

#: Lines about what happened with the register's entry itself, not about the breach.
CLOSED = "closed"
AUTHORITY_TOLD = "authority_told"
NOT_NOTIFIED = "not_notified"
ON_PAGE = "on_page"


class AwareInFuture(StorageError):
    """Nobody can have become aware of a breach later than now."""

    advice = "State when you became aware of it: now, or an earlier time."


@dataclass(frozen=True, slots=True)
class Breach:
    """An entry of the register."""

    breach_id: bytes
    number: str
    aware_at_ms: int
    opened_at_ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was written about a breach."""

    field: str
    value: str = dataclasses.field(repr=False)
    #: In which role, and under which number, somebody wrote it; never a name.
    author: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class File:
    """An entry with everything that was written about it, the oldest line first."""

    breach: Breach
    lines: tuple[Line, ...]

    @property
    def values(self) -> dict[str, str]:
        """Return what holds now: of each field its newest line."""
        return {line.field: line.value for line in self.lines}

    @property
    def published(self) -> dict[str, str]:
        """Return what held when it was put on our page; empty where it is not there.

        What is written later is shown once somebody gives a code for that, too.
        """
        at = max((at for at, line in enumerate(self.lines) if line.field == ON_PAGE), default=0)
        is_shown = self.is_open and self.values.get(ON_PAGE) == "yes"
        return {line.field: line.value for line in self.lines[:at]} if is_shown else {}

    @property
    def is_open(self) -> bool:
        """Tell whether it was not closed yet."""
        return CLOSED not in self.values

    @property
    def runs(self) -> bool:
        """Tell whether the time within which the authority has to be told still counts."""
        return self.values.keys().isdisjoint((CLOSED, AUTHORITY_TOLD, NOT_NOTIFIED))


class Breaches:
    """Keeps the register.

    Args:
        key: Seals what is written; it is no person's, so no erasure takes anything from here.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    async def open(self, tx: AsyncConnection, *, aware_at_ms: int, now_ms: int) -> Breach:
        """Open an entry.

        Raises:
            AwareInFuture: `aware_at_ms` is later than now.
        """
        if aware_at_ms > now_ms:
            raise AwareInFuture
        made = Breach(secrets.token_bytes(16), new_number()[:9], aware_at_ms, now_ms)
        row = {
            "breach_id": made.breach_id,
            "number": made.number,
            "aware_at_ms": made.aware_at_ms,
            "opened_at_ms": made.opened_at_ms,
        }
        await tx.execute(breaches.insert(), [row])
        return made

    async def write(self, tx: AsyncConnection, breach_id: bytes, lines: Sequence[Line]) -> None:
        """Add lines; what was written before stays."""
        rows = []
        for line in lines:
            line_id = secrets.token_bytes(16)
            rows.append(
                {
                    "line_id": line_id,
                    "breach_id": breach_id,
                    "field": line.field,
                    "value": seal(self._key, line.value.encode(), _cell(line_id, breach_id)),
                    "author": line.author,
                    "at_ms": line.at_ms,
                }
            )
        if rows:
            await tx.execute(breach_lines.insert(), rows)

    async def find(self, tx: AsyncConnection, number: str) -> File | None:
        """Return the entry of this number; None where there is none."""
        mine = breaches.c.number == number.strip().upper()
        found = await self._files(tx, breaches.select().where(mine))
        return found[0] if found else None

    async def list_all(self, tx: AsyncConnection) -> list[File]:
        """Return the whole register, the newest entry first."""
        return await self._files(tx, breaches.select().order_by(breaches.c.opened_at_ms.desc()))

    async def list_running(self, tx: AsyncConnection) -> list[Breach]:
        """Return the entries of which the authority was not told, nor is not to be."""
        ended = sa.exists().where(
            breach_lines.c.breach_id == breaches.c.breach_id,
            breach_lines.c.field.in_((CLOSED, AUTHORITY_TOLD, NOT_NOTIFIED)),
        )
        return [_breach(row) for row in await tx.execute(breaches.select().where(~ended))]

    async def list_published(self, tx: AsyncConnection) -> list[File]:
        """Return the entries whose public text may stand on our pages."""
        shown = sa.exists().where(
            breach_lines.c.breach_id == breaches.c.breach_id, breach_lines.c.field == ON_PAGE
        )
        return await self._files(tx, breaches.select().where(shown))

    async def reminded(
        self, tx: AsyncConnection, breach_ids: Iterable[bytes]
    ) -> dict[bytes, set[int]]:
        """Return after how many hours each of these was reminded of."""
        ids = list(breach_ids)
        found: dict[bytes, set[int]] = {one: set() for one in ids}
        mine = breach_reminders.c.breach_id.in_(ids)
        for row in await tx.execute(breach_reminders.select().where(mine)):
            found[row.breach_id].add(row.hours)
        return found

    async def note_reminders(
        self, tx: AsyncConnection, breach_id: bytes, hours: Iterable[int], *, now_ms: int
    ) -> None:
        """Remember that these reminders were given; each is given once."""
        rows = [{"breach_id": breach_id, "hours": each, "reminded_at_ms": now_ms} for each in hours]
        await tx.execute(breach_reminders.insert(), rows)

    async def _files(self, tx: AsyncConnection, query: sa.Select[tuple[object, ...]]) -> list[File]:
        found = [_breach(row) for row in await tx.execute(query)]
        lines: dict[bytes, list[Line]] = {one.breach_id: [] for one in found}
        theirs = breach_lines.select().where(breach_lines.c.breach_id.in_(list(lines)))
        for row in await tx.execute(theirs.order_by(breach_lines.c.seq)):
            cell = _cell(row.line_id, row.breach_id)
            value = open_sealed(self._key, row.value, cell).decode()
            lines[row.breach_id].append(Line(row.field, value, row.author, row.at_ms))
        return [File(one, tuple(lines[one.breach_id])) for one in found]


def _breach(row: sa.Row[tuple[object, ...]]) -> Breach:
    return Breach(row.breach_id, row.number, row.aware_at_ms, row.opened_at_ms)


def _cell(line_id: bytes, breach_id: bytes) -> Cell:
    return Cell("breach_lines", "value", line_id, breach_id)
