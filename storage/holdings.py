"""Everything that is held of one person, read by the data map, so that nothing can be left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.data_map import COLUMNS, Entry, Form
from storage.db.tables import deliveries, main
from storage.records import KnownPerson
from storage.vault.sealing import Cell, open_sealed

#: Of this table there may be very many rows of one person; it is read in portions.
LONG: Final = deliveries
#: A portion is read, and made into values, in a few milliseconds.
PORTION_ROWS: Final = 50
#: So many rows of the long table are shown where there is no room for all.
NEWEST_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Held:
    """One value that is held of a person, and what the data map says of it."""

    table: str
    column: str
    #: Rows of one table are numbered from 0; a table of one row has number 0.
    row: int
    value: Any = field(repr=False)
    entry: Entry


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of the long table."""

    rows: tuple[sa.RowMapping, ...] = field(repr=False)
    #: What number the first of them has.
    first: int

    @property
    def next(self) -> tuple[int, int, bytes]:
        """Return where the next portion begins."""
        last = self.rows[-1]
        return self.first + len(self.rows), last["at_ms"], last["delivery_id"]


async def everything_of(tx: AsyncConnection, person: KnownPerson) -> list[Held]:
    """Return every exported value of a person, table by table; empty ones are left out."""
    return [value for table in _TABLES for value in await _all_of(tx, person, table)]


async def all_but_long(tx: AsyncConnection, person: KnownPerson) -> list[Held]:
    """Return what `everything_of` does, without the long table."""
    tables = (table for table in _TABLES if table is not LONG)
    return [value for table in tables for value in await _all_of(tx, person, table)]


async def newest_of_long(tx: AsyncConnection, person: KnownPerson) -> tuple[list[Held], int]:
    """Return the newest rows of the long table, and how many older ones there are."""
    mine = LONG.c.person_id == person.person_id
    count = await tx.execute(sa.select(sa.func.count()).select_from(LONG).where(mine))
    newest = LONG.select().where(mine).order_by(LONG.c.at_ms.desc(), LONG.c.delivery_id.desc())
    rows = (await tx.execute(newest.limit(NEWEST_ROWS))).mappings().all()
    return _values(person, LONG, rows), int(count.scalar_one()) - len(rows)


async def read_long(
    tx: AsyncConnection, person: KnownPerson, after: tuple[int, int, bytes] | None
) -> Portion | None:
    """Return the next portion of the long table, oldest first; None behind the last."""
    first, at_ms, delivery_id = after or (0, -1, b"")
    query = (
        LONG.select()
        .where(
            LONG.c.person_id == person.person_id,
            sa.tuple_(LONG.c.at_ms, LONG.c.delivery_id) > (at_ms, delivery_id),
        )
        .order_by(LONG.c.at_ms, LONG.c.delivery_id)
        .limit(PORTION_ROWS)
    )
    rows = (await tx.execute(query)).mappings().all()
    return Portion(tuple(rows), first) if rows else None


def values_of(person: KnownPerson, portion: Portion) -> list[Held]:
    """Return the exported values of a portion; it takes a millisecond or two."""
    return _values(person, LONG, portion.rows, first=portion.first)


def exported_of(table: str) -> dict[str, Entry]:
    """Return what the data map exports of a table, by column."""
    return {name: entry for name, entry in COLUMNS[table].items() if entry.is_exported}


_TABLES: Final = [
    table
    for table in main.sorted_tables
    if "person_id" in table.c and exported_of(table.name)
]  # fmt: skip


async def _all_of(tx: AsyncConnection, person: KnownPerson, table: sa.Table) -> list[Held]:
    query = table.select().where(table.c.person_id == person.person_id)
    rows = await tx.execute(query.order_by(*table.primary_key.columns))
    return _values(person, table, rows.mappings())


def _values(
    person: KnownPerson, table: sa.Table, rows: Iterable[sa.RowMapping], *, first: int = 0
) -> list[Held]:
    exported = exported_of(table.name)
    return [
        Held(table.name, name, number, _value(person, table, name, row), entry)
        for number, row in enumerate(rows, first)
        for name, entry in exported.items()
        if row[name] is not None
    ]


def _value(person: KnownPerson, table: sa.Table, column: str, row: sa.RowMapping) -> Any:
    value = row[column]
    if COLUMNS[table.name][column].form is not Form.SEALED:
        return value
    # A sealed value is bound to the last column of its row's key, whatever table it is in.
    name = row[list(table.primary_key.columns)[-1].name]
    place = name.encode() if isinstance(name, str) else name
    return open_sealed(person.key, value, Cell(table.name, column, place, person.person_id))
