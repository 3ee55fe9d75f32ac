"""Erase people: every row of theirs, then their keys, then the bytes on the disk.

The tables are found from the schema, so a new one with a `person_id` cannot be forgotten. A crash
after the rows are gone leaves keys that belong to nobody; the sweep of orphaned keys ends them.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import main
from storage.records import PersonId

#: Children first, so that no row ever points at a person who is gone.
_TABLES = [table for table in reversed(main.sorted_tables) if "person_id" in table.c]


async def erase_rows(tx: AsyncConnection, people: Sequence[PersonId]) -> None:
    """Delete everything that is kept of these people in the main database."""
    for table in _TABLES:
        await tx.execute(table.delete().where(table.c.person_id.in_(people)))
