"""Migrations make exactly the tables of this version, on both databases."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import SchemaTooOld
from storage.db import tables
from storage.db.engine import Database
from storage.db.schema import NEWEST, Which, config, require, revision_of, upgrade
from tests.kit.deployment import Databases
from tests.kit.postgres import PostgresServer

METADATA = {"main": tables.main, "keys": tables.keys}
both = pytest.mark.parametrize("which", ["main", "keys"])


def database_of(databases: Databases, which: Which) -> Database:
    """Open one of the two databases."""
    return Database(databases.url if which == "main" else databases.keys_url)


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Say where a database is that has no tables yet."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/empty.db"
    server = request.getfixturevalue("postgres_server")
    assert isinstance(server, PostgresServer)
    return server.url(await server.create())


def differences(connection: sa.Connection, metadata: sa.MetaData) -> list[Any]:
    """Return what migrations would have to change to get to the tables of this version."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata))


@both
async def test_migrations_make_the_tables_of_this_version(
    databases: Databases, which: Which
) -> None:
    """Between the migrated tables and those in the code there is no difference."""
    database = database_of(databases, which)
    async with database.read() as connection:
        assert await connection.run_sync(differences, METADATA[which]) == []
    await database.close()


@both
def test_the_newest_revision_is_the_one_asked_for(which: Which) -> None:
    """The revision that the code asks for is the head of the migration files."""
    scripts = ScriptDirectory.from_config(config(which, None))
    assert scripts.get_heads() == [NEWEST[which]]


@both
async def test_an_empty_database_is_upgraded_once(empty_url: str, which: Which) -> None:
    """Upgrading makes the tables; doing it again does nothing and says so."""
    database = Database(empty_url)
    assert await revision_of(database) is None
    with pytest.raises(SchemaTooOld, match="found=none"):
        await require(database, which)
    assert await upgrade(database, which)
    assert not await upgrade(database, which)
    assert await revision_of(database) == NEWEST[which]
    await require(database, which)
    await database.close()


@both
async def test_other_tables_are_refused(empty_url: str, which: Which) -> None:
    """A database of a newer version is not touched: the error says what is there and needed."""
    database = Database(empty_url)
    await upgrade(database, which)
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'newer'"))
        if which == "main":
            await connection.execute(sa.text("UPDATE schema_marks SET compatible_since = 'newer'"))
    with pytest.raises(SchemaTooOld, match=f"found=newer, needed={NEWEST[which]}"):
        await require(database, which)
    await database.close()


@pytest.mark.parametrize("since", ["main_0014", NEWEST["main"]])
async def test_newer_tables_that_are_made_for_us_are_worked_with(
    empty_url: str, since: str
) -> None:
    """Where a newer version says that we can: so two versions serve side by side."""
    database = Database(empty_url)
    await upgrade(database, "main")
    async with database.write() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'newer'"))
        mark = sa.text("UPDATE schema_marks SET compatible_since = :since")
        await connection.execute(mark, {"since": since})
    await require(database, "main")
    assert not await upgrade(database, "main")
    assert await revision_of(database) == "newer"
    await database.close()


async def test_the_databases_are_not_mixed_up(databases: Databases) -> None:
    """The keys database in place of the main one is refused, and the other way round."""
    keys = database_of(databases, "keys")
    with pytest.raises(SchemaTooOld, match="database=main"):
        await require(keys, "main")
    await keys.close()


@both
async def test_a_failed_migration_leaves_no_trace(empty_url: str, which: Which) -> None:
    """A migration that can't end leaves the database as it was."""
    database = Database(empty_url)
    last = list(METADATA[which].tables)[-1]
    async with database.write() as connection:
        await connection.execute(sa.text(f"CREATE TABLE {last} (in_the_way INTEGER)"))
    with pytest.raises(Exception, match=r"Storage|exists|refused|reached"):
        await upgrade(database, which)
    assert await revision_of(database) is None
    async with database.read() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    assert names == [last]
    await database.close()
