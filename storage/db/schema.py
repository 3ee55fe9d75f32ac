"""Bring a database's tables to this version, and tell whether they are.

Alembic is imported only where there is something to do: it is large, and rests in memory.
"""

from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.db import tables
from storage.db.engine import Database
from storage.db.node_tables import schema_marks
from storage.errors import SchemaTooNew, SchemaTooOld

Which = Literal["main", "keys"]

#: The newest revision of each database; a test compares them with the migration files.
NEWEST = {"main": "main_0016", "keys": "keys_0003"}
#: Programs since this revision can work with these tables: what came after only adds to them, with
#: a default for whoever does not know it. Raise it with a migration of which that is not true.
COMPATIBLE_SINCE = {"main": "main_0014", "keys": "keys_0003"}
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
    """Refuse to work with tables that this version can't work with.

    Raises:
        SchemaTooOld: They are older, or there are none, or they are newer and not made for us.
    """
    found = await revision_of(database)
    if not await is_usable(database, which, found):
        raise SchemaTooOld(database=which, found=found or "none", needed=NEWEST[which])


async def is_usable(database: Database, which: Which, found: str | None) -> bool:
    """Tell whether this version can work with tables of the revision that was found."""
    if found is None or found <= NEWEST[which]:
        return found == NEWEST[which]
    if which == "keys":
        return False  # nothing is noted there: its tables hardly ever change
    async with database.read() as connection:
        since = (await connection.execute(sa.select(schema_marks))).scalar()
    return since is not None and since <= NEWEST[which]


async def upgrade(database: Database, which: Which) -> bool:
    """Bring a database to the newest revision; return whether there was anything to do.

    Raises:
        SchemaTooNew: A newer version has brought it further than this one can work with.
    """
    found = await revision_of(database)
    if await is_usable(database, which, found):
        return False
    if found is not None and found > NEWEST[which]:
        # A newer version has been here: going back is for a backup, not for a migration.
        raise SchemaTooNew(database=which, found=found, needed=NEWEST[which])
    async with database.write() as connection:
        await connection.run_sync(_upgrade, which)
        if which == "main":
            await connection.execute(schema_marks.delete())
            mark = {"compatible_since": COMPATIBLE_SINCE[which]}
            await connection.execute(schema_marks.insert(), [mark])
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
