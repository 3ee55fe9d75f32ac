"""Copy a database out while it is in use, and put a copy in its place while it is not.

SQLite is copied by its own backup interface, in one piece: it sees one moment, and writers go on.
Deleted bytes stay in the log until the copy is made. PostgreSQL is copied by its own tools, which
get the password from their environment and never as an argument that others see.
"""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.db import tables
from storage.db.engine import Database
from storage.db.schema import Which
from storage.errors import CopyFailed

_ENDS = {True: ".sqlite", False: ".pgdump"}


async def copy_out(database: Database, which: Which, folder: Path) -> Path:
    """Copy a database into `folder / which`, which must be new; return the file.

    Raises:
        CopyFailed: There is something already, or the copy did not succeed.
    """
    place = _place(database, which, folder)
    try:
        place.parent.mkdir(parents=True, mode=0o700)
    except OSError as refused:
        raise CopyFailed(folder=place.parent.name, cause=type(refused).__name__) from refused
    part = place.with_suffix(".part")
    if database.path is not None:
        await asyncio.to_thread(_copy_sqlite, database.path, part)
    else:
        await _run(database, "pg_dump", "--format=custom", f"--file={part}")
    part.chmod(0o600)
    part.rename(place)
    return place


async def copy_beside(database: Database) -> Path:
    """Copy a SQLite database to a file beside it, in place of an older copy; return the file.

    Raises:
        CopyFailed: There is none, or the copy did not succeed.
    """
    if database.path is None:
        raise CopyFailed(cause="only a file has something beside it")
    place = beside(database.path)
    part = place.with_name(f"{place.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    await asyncio.to_thread(_copy_sqlite, database.path, part)
    part.replace(place)
    return place


def beside(path: Path) -> Path:
    """Return where the copy of a SQLite file from before its last migration is."""
    return path.with_name(f"{path.name}.before-upgrade")


def has_copy(database: Database, which: Which, folder: Path) -> bool:
    """Tell whether a folder holds a copy that fits this kind of database."""
    return _place(database, which, folder).is_file()


async def copy_in(database: Database, which: Which, folder: Path) -> None:
    """Put a copy in the place of a database that nobody has open.

    Raises:
        CopyFailed: The copy is none, or it did not succeed.
    """
    place = _place(database, which, folder)
    await database.close()
    if database.path is not None:
        await asyncio.to_thread(_replace_sqlite, place, database.path)
        return
    metadata = tables.main if which == "main" else tables.keys
    async with database.write() as tx:
        await tx.run_sync(metadata.drop_all)
        await tx.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    await _run(
        database,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--clean",  # also what no table holds, such as a function
        "--if-exists",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={_url(database).database}",
        str(place),
    )


def _place(database: Database, which: Which, folder: Path) -> Path:
    return folder / which / f"{which}{_ENDS[database.is_sqlite]}"


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise CopyFailed(database=source.name, cause="there is none yet")
    try:
        with closing(sqlite3.connect(source)) as used, closing(sqlite3.connect(target)) as copy:
            used.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, which says so itself
            _require_whole(copy)
    except sqlite3.Error as refused:
        raise CopyFailed(database=source.name, cause=type(refused).__name__) from refused
    _sync(target)


def _replace_sqlite(source: Path, target: Path) -> None:
    """Check a copy beside the old database, then change places at once."""
    part = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        with closing(sqlite3.connect(part)) as copy:
            _require_whole(copy)
        _sync(part)
        for left in ("-wal", "-shm"):  # of the old one: they must not be read into the new one
            target.with_name(f"{target.name}{left}").unlink(missing_ok=True)
        part.replace(target)
    except (sqlite3.Error, OSError) as refused:
        raise CopyFailed(database=target.name, cause=type(refused).__name__) from refused
    _sync(target.parent)


def _require_whole(copy: sqlite3.Connection) -> None:
    if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise CopyFailed(cause="the copy is damaged")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _run(database: Database, tool: str, *arguments: str) -> None:
    """Run one of PostgreSQL's tools; what it says may quote rows, so it is told to nobody."""
    try:
        process = await asyncio.create_subprocess_exec(
            tool,
            *arguments,
            env=os.environ | _environment(_url(database)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as missing:
        raise CopyFailed(tool=tool, cause=type(missing).__name__) from missing
    if code := await process.wait():
        raise CopyFailed(tool=tool, code=code)


def _url(database: Database) -> sa.URL:
    return database.engine.url


def _environment(url: sa.URL) -> dict[str, str]:
    """Return what PostgreSQL's tools read instead of arguments."""
    query: dict[str, Any] = dict(url.query)
    told = {
        "PGHOST": query.get("host") or url.host,
        "PGPORT": query.get("port") or url.port,
        "PGUSER": query.get("user") or url.username,
        "PGPASSWORD": query.get("password") or url.password,
        "PGDATABASE": query.get("database") or url.database,
        "PGSSLMODE": query.get("ssl") or query.get("sslmode"),
        "PGCONNECT_TIMEOUT": 10,
    }
    return {name: str(value) for name, value in told.items() if value}
