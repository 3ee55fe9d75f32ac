"""How much is kept: rows by table, and by kinds that name nobody. For whoever looks for a fault."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage.db import schema, tables
from storage.db.engine import Database
from storage.store import Store


async def census(store: Store) -> dict[str, Any]:
    """Return revisions, the rows of each table, and what waits or rests, by its kind."""
    databases: tuple[tuple[schema.Which, Database, sa.MetaData], ...] = (
        ("main", store.main, tables.main),
        ("keys", store.keyring.database, tables.keys),
    )
    found: dict[str, Any] = {
        which: await _tables(which, database, of) for which, database, of in databases
    }
    if "rows" not in found["main"]:
        return found
    return found | {
        "outbox": await _by(store.main, tables.outbox.c.state),
        "parked": await _by(store.main, tables.inbox.c.parked_reason),
        "paused": await _by(store.main, tables.page_states.c.paused_reason),
    }


async def _tables(
    which: schema.Which, database: Database, metadata: sa.MetaData
) -> Mapping[str, Any]:
    """Count the rows of tables that are this version's."""
    revision = await schema.revision_of(database)
    if revision != schema.NEWEST[which]:
        return {"revision": revision, "needed": schema.NEWEST[which]}
    rows = {}
    async with database.read() as tx:
        for table in metadata.sorted_tables:
            count = sa.select(sa.func.count()).select_from(table)
            rows[table.name] = int((await tx.execute(count)).scalar_one())
    return {"revision": revision, "rows": rows}


async def _by(database: Database, column: sa.Column[Any]) -> Mapping[str, int]:
    query = sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column)
    async with database.read() as tx:
        return {row[0]: row[1] for row in await tx.execute(query)}
