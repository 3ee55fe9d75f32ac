"""`db upgrade`: both databases at this version."""

import sqlalchemy as sa

from storage.db import schema
from storage.db.engine import Database
from tests.bot.commands.conftest import Operator
from tests.kit.old_tables import make_old
from tests.kit.postgres import PostgresServer


async def test_upgrade_tells_from_and_to(operator: Operator) -> None:
    """The first run makes the tables, the second finds nothing to do."""
    first, second = await operator.runs("db", "upgrade"), await operator.runs("db", "upgrade")
    assert (first.code, second.code) == (0, 0)
    for which, newest in schema.NEWEST.items():
        assert f"{which} database: from nothing to {newest}" in first.out
        assert f"{which} database: up to date" in second.out


async def test_newer_tables_are_left_alone(operator: Operator) -> None:
    """Tables of a newer version are refused in one sentence, by `check` too."""
    await operator.runs("db", "upgrade")
    database = Database(operator.databases.url)
    async with database.write() as tx:
        await tx.execute(sa.text("UPDATE alembic_version SET version_num = 'main_9999'"))
        await tx.execute(sa.text("UPDATE schema_marks SET compatible_since = 'main_9999'"))
    await database.close()
    ended = await operator.runs("db", "upgrade")
    assert ended.code == 2
    assert "newer version" in ended.err
    assert "Traceback" not in ended.err
    assert "tables of a newer version (main_9999)" in (await operator.runs("check")).err


async def test_upgrade_on_postgresql(operator: Operator, postgres_server: PostgresServer) -> None:
    """Empty databases of a server are told by `check`, refused by `serve`, mended by command."""
    urls = [postgres_server.url(await postgres_server.create()) for _ in range(2)]
    operator.writes_config(
        storage=operator.raw["storage"] | {"url": urls[0]},
        keys=operator.raw["keys"] | {"url": urls[1]},
    )
    before = await operator.runs("check")
    assert before.code == 1
    for key in ("storage.url", "keys.url"):
        assert f"{key}: found no tables. Run `chatmagico db upgrade`" in before.err
    refused = await operator.runs_alone("serve")
    assert refused.code == 2
    assert "chatmagico db upgrade" in refused.err
    assert (await operator.runs("db", "upgrade")).code == 0
    assert (await operator.runs("check")).code == 0


async def test_upgrade_says_where_the_old_tables_are(operator: Operator) -> None:
    """On SQLite both databases are copied first; the copies are nobody else's to read."""
    await operator.runs("db", "upgrade")
    assert not list(operator.folder.rglob("*.before-upgrade"))
    await make_old(operator.databases.url)
    ended = await operator.runs("db", "upgrade")
    assert ended.code == 0
    copies = sorted(operator.folder.rglob("*.before-upgrade"))
    assert len(copies) == 2
    for copy in copies:
        assert f"before, as it was: {copy}" in ended.out
        assert copy.stat().st_mode & 0o077 == 0
