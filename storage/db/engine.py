"""One database: how it is opened, and whose turn it is to write.

SQLite lets one connection write at a time and makes the others guess when to try again, so writers
take turns here (`turns.py`) and never meet inside SQLite. PostgreSQL needs no turns.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, cast

from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.db.sqlite import PRAGMAS, connect
from storage.db.sqlite import Connection as QuickConnection
from storage.db.turns import Turns
from storage.errors import StorageBusy, StorageError, StorageRefused, StorageUnavailable

#: An open transaction, as `Store.write()` hands it out and every method takes it.
Transaction: TypeAlias = AsyncConnection

_POOL_SIZE = 5
#: PostgreSQL's code for a lock that was not to be had.
_LOCKED = "55P03"
#: What is no fault of the statement. PostgreSQL: connection, sign-in, no such database, disk or
#: connections used up, server going down. SQLite: the file is damaged, or is no database.
_OUT_OF_ORDER = ("08", "28", "3D", "53", "57P", "SQLITE_CORRUPT", "SQLITE_NOTADB")
_WRITES = "writes"


class Database:
    """A SQLite file or a PostgreSQL database behind one interface."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            path = Path(url.split("///", 1)[1])
            with _wrapped():
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path: Path | None = path
        else:
            self.path = None
        self.engine = _engine(url, self.path)
        #: Whether deleted bytes may still be in the log: a reader held it, or a crash came between.
        self.has_deleted_bytes = self.is_sqlite
        self._turns = Turns()

    @property
    def dialect(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def read(self, *, is_quick: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a connection that only reads; see `write` for what is quick."""
        with _wrapped():
            async with self.engine.connect() as connection:
                await self._hurry(connection, is_quick=is_quick)
                yield connection

    @asynccontextmanager
    async def write(
        self, *, is_quick: bool = False, goes_first: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """Open one transaction that writes; it commits at the end, or leaves no trace.

        Args:
            is_quick: Each statement touches a few hundred rows at most, found by an index.
            goes_first: Somebody waits for its commit, so it passes others that wait for their turn.
        """
        with _wrapped():
            async with self._my_turn(goes_first=goes_first), self.engine.connect() as plain:
                connection = await plain.execution_options(**{_WRITES: True})
                await self._hurry(connection, is_quick=is_quick)
                async with connection.begin():
                    yield connection

    async def truncate_log(self) -> bool:
        """Empty SQLite's write-ahead log; return False where a reader still holds it.

        With `secure_delete` this is what takes deleted bytes off the disk. PostgreSQL promises
        no such thing to an application: there, only the destroyed keys count.
        """
        if not self.is_sqlite:
            return True
        self.has_deleted_bytes = True
        with _wrapped():
            async with self._my_turn(), self.engine.connect() as connection:
                await self._hurry(connection, is_quick=False)
                await connection.execute(text("PRAGMA busy_timeout=0"))
                try:
                    row = (await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))).one()
                finally:
                    timeout_ms = PRAGMAS["busy_timeout"]
                    await connection.execute(text(f"PRAGMA busy_timeout={timeout_ms}"))
        self.has_deleted_bytes = bool(row[0])
        return not self.has_deleted_bytes

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def _hurry(self, connection: AsyncConnection, *, is_quick: bool) -> None:
        if self.is_sqlite:
            raw = (await connection.get_raw_connection()).driver_connection
            cast("QuickConnection", raw).is_quick = is_quick

    def _my_turn(self, *, goes_first: bool = False) -> AbstractAsyncContextManager[None]:
        return self._turns.take(goes_first=goes_first) if self.is_sqlite else nullcontext()


@contextmanager
def _wrapped() -> Iterator[None]:
    """Turn what the database says into our errors; faults of this program pass untouched."""
    try:
        yield
    except DBAPIError as error:
        # SQLite's errors name columns; PostgreSQL's name the row's values, so they are cut off.
        raise _judged(error) from (error if _code_of_sqlite(error) else None)
    except NoneFree as error:
        raise StorageBusy(cause="no connection is free") from error
    except OSError as error:
        raise StorageUnavailable(cause=type(error).__name__) from error


def _judged(error: DBAPIError) -> StorageError:
    cause = type(error.orig).__name__
    code = _code_of_sqlite(error) or getattr(error.orig, "sqlstate", None) or "unknown"
    if code == _LOCKED or (isinstance(error, OperationalError) and "locked" in str(error.orig)):
        return StorageBusy()
    if (
        isinstance(error, OperationalError)
        or error.connection_invalidated
        or code.startswith(_OUT_OF_ORDER)
    ):
        return StorageUnavailable(cause=cause, code=code)
    return StorageRefused(cause=cause, code=code)


def _code_of_sqlite(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlite_errorname", None)


def _engine(url: str, path: Path | None) -> AsyncEngine:
    # Bound values would otherwise stand in exception texts.
    # Every transaction here ends itself, so the pool need not end it once more.
    options: dict[str, Any] = {"hide_parameters": True, "pool_reset_on_return": None}
    if path is None:
        options |= {"pool_size": _POOL_SIZE, "max_overflow": _POOL_SIZE, "pool_pre_ping": True}
        return create_async_engine(url, **options)
    engine = create_async_engine(url, async_creator=partial(connect, path), **options)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once, so that no transaction fails half way for want of it.
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
