"""Bring a database's tables to this version, and tell whether they are.

Alembic is imported only where there is something to do: it is large, and rests in memory.
"""

from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.db import tables
from storage.db.engine import Database
from storage.errors import SchemaTooNew, SchemaTooOld

Which = Literal["main", "keys"]

#: The newest revision of each database; a test compares them with the migration files.
NEWEST = {"main": "main_0013", "keys": "keys_0003"}
_HERE = Path(__file__).parent / "migrations"


async def revision_of(database: Database) -> str | None:
    """Return the revision a database is at; None for an empty one."""
    async with database.read() as connection:
        has = await connection.run_sync(lambda sync: sa.inspect(sync).has_table("alembic_version"))
        if not has:
            return None
        return (
            await connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        ).scalar()


async def require(database: Database, which: Which) -> None:
    """Refuse to work with other tables than this version's.

    Raises:
        SchemaTooOld: They are older, or newer, or there are none.
    """
    found = await revision_of(database)
    if found != NEWEST[which]:
        raise SchemaTooOld(database=which, found=found or "none", needed=NEWEST[which])


async def upgrade(database: Database, which: Which) -> bool:
    """Bring a database to the newest revision; return whether there was anything to do.

    Raises:
        SchemaTooNew: A newer version of this program has brought it further.
    """
    found = await revision_of(database)
    if found == NEWEST[which]:
        return False
    if found is not None and found > NEWEST[which]:
        # A newer version has been here: going back is for a backup, not for a migration.
        raise SchemaTooNew(database=which, found=found, needed=NEWEST[which])
    async with database.write() as connection:
        await connection.run_sync(_upgrade, which)
    return True


def _upgrade(connection: Connection, which: Which) -> None:
    from alembic import command

    command.upgrade(config(which, connection), "head")


def config(which: Which, connection: Connection | None) -> Any:
    """Return Alembic's configuration for one of the two databases."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_HERE))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", str(_HERE / which))
    made.attributes["connection"] = connection
    made.attributes["metadata"] = tables.main if which == "main" else tables.keys
    return made
