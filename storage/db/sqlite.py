"""One SQLite connection, with few changes of threads.

aiosqlite runs everything in a thread of the connection and goes there anew for the cursor, the
statement, its rows and the cursor's end; under load each of these waits for its turn. Here a
statement goes there once and comes back with its rows. In a *quick* transaction it does not go
there at all: a statement on a few hundred rows takes less time than the way. What may wait, for a
lock or for the disk, always goes: beginning and committing.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

from aiosqlite import Connection as ThreadedConnection

from storage.errors import StorageUnavailable

#: What every SQLite connection must have; `secure_delete` holds for one connection only.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a commit that was acknowledged survives a power cut
    "secure_delete": 1,
    "temp_store": 2,  # MEMORY: nothing personal in temporary files
    "foreign_keys": 1,
    "busy_timeout": 5000,  # ms; only other processes (a backup) can make us wait
}


async def connect(path: Path) -> "Connection":
    """Open the database at `path`; the folder must exist.

    Raises:
        StorageUnavailable: SQLite does not take one of the settings everything relies on.
    """
    connection = Connection(partial(_open, path), iter_chunk_size=64)
    # A process that ends must not wait for this thread.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does; there is no other way
    try:
        await connection
    except (sqlite3.Error, StorageUnavailable):
        # It was told to end, and would else speak to a loop that may have ended before it.
        connection._thread.join()  # noqa: SLF001 - same
        raise
    return connection


def _open(path: Path) -> sqlite3.Connection:
    # Transactions begin where we say so, and not behind our back.
    # Its thread and the loop's take turns, never both at once.
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for name, value in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")
        found = raw.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise StorageUnavailable(pragma=name, found=found)
    return raw


class Connection(ThreadedConnection):
    """aiosqlite's connection with cursors that are quicker."""

    #: Whether statements are run at once, on the event loop; set for each transaction anew.
    is_quick = False

    def cursor(self) -> "Cursor":  # type: ignore[override]  # SQLAlchemy enters it as a context
        """Return a cursor; it goes to the thread only when it has something to do there."""
        return Cursor(self)

    async def in_thread(self, act: Callable[..., None], *arguments: Any) -> None:
        """Do something in the connection's thread, where alone SQLite may be spoken to."""
        await self._execute(act, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite's own

    async def rollback(self) -> None:
        """Undo the transaction, where there is one."""
        if self.in_transaction:
            await super().rollback()


class Cursor:
    """What SQLAlchemy asks of a cursor, and no more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement and fetch all of its rows."""
        await self._run(sqlite3.Cursor.execute, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each of the parameters."""
        await self._run(sqlite3.Cursor.executemany, statement, parameters)

    async def fetchall(self) -> list[Any]:
        """Return the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open: every statement is finished in the thread."""

    async def _run(self, run: Any, statement: str, parameters: Sequence[Any]) -> None:
        if self._connection.is_quick and not statement.startswith("BEGIN"):
            self._finish(run, statement, parameters)
        else:
            await self._connection.in_thread(self._finish, run, statement, parameters)

    def _finish(self, run: Any, statement: str, parameters: Sequence[Any]) -> None:
        raw = self._connection._conn.cursor()  # noqa: SLF001 - ours
        try:
            run(raw, statement, parameters)
            self.description, self.rowcount = raw.description, raw.rowcount
            self.lastrowid = raw.lastrowid
            self._rows = raw.fetchall() if raw.description else []
        finally:
            raw.close()
