"""Everything that is held of one person, read by the data map, so that nothing can be left out."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.data_map import COLUMNS, Entry, Form
from storage.db.tables import main
from storage.records import KnownPerson
from storage.vault.sealing import Cell, open_sealed


@dataclass(frozen=True, slots=True)
class Held:
    """One value that is held of a person, and what the data map says of it."""

    table: str
    column: str
    #: Rows of one table are numbered from 0; a table of one row has number 0.
    row: int
    value: Any = field(repr=False)
    entry: Entry


async def everything_of(tx: AsyncConnection, person: KnownPerson) -> list[Held]:
    """Return every exported value of a person, table by table; empty ones are left out."""
    held: list[Held] = []
    for table in main.sorted_tables:
        exported = {name: entry for name, entry in COLUMNS[table.name].items() if entry.is_exported}
        if "person_id" not in table.c or not exported:
            continue
        query = table.select().where(table.c.person_id == person.person_id)
        rows = await tx.execute(query.order_by(*table.primary_key.columns))
        for number, row in enumerate(rows.mappings()):
            held += [
                Held(table.name, name, number, _value(person, table, name, row), entry)
                for name, entry in exported.items()
                if row[name] is not None
            ]
    return held


def _value(person: KnownPerson, table: sa.Table, column: str, row: sa.RowMapping) -> Any:
    value = row[column]
    if COLUMNS[table.name][column].form is not Form.SEALED:
        return value
    # A sealed value is bound to the last column of its row's key, whatever table it is in.
    name = row[list(table.primary_key.columns)[-1].name]
    place = name.encode() if isinstance(name, str) else name
    return open_sealed(person.key, value, Cell(table.name, column, place, person.person_id))
