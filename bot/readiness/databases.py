"""Whether both databases can be reached, and are of this version."""

import asyncio
import os
from pathlib import Path

from bot.settings import Fault, Settings
from storage import PausedPage, StorageError
from storage.db import schema
from storage.db.engine import Database
from storage.pages import BLOCKED, Pages

_TIMEOUT_S = 10.0
_SQLITE = "sqlite+aiosqlite:///"
_MAGIC = b"SQLite format 3\0"


async def database_faults(settings: Settings) -> list[Fault]:
    """Return what keeps the two databases from being used."""
    return [
        *await _faults_of("storage.url", settings.storage.url, "main"),
        *await _faults_of("keys.url", settings.keys.url, "keys"),
    ]


async def paused_faults(settings: Settings, *, now_ms: int) -> list[Fault]:
    """Return the Pages for which nothing is sent until somebody acts."""
    path = _path(settings.storage.url)
    if path is not None and not path.exists():
        return []
    database = Database(settings.storage.url)
    try:
        if await schema.revision_of(database) != schema.NEWEST["main"]:
            return []
        async with database.read() as tx:
            paused = await Pages(database).list_paused(tx, now_ms=now_ms)
    finally:
        await database.close()
    keys = {page.id: f"pages.{index}" for index, page in enumerate(settings.pages)}
    # One that is paused until a given time goes on by itself.
    waiting = [page for page in paused if page.page_id in keys and page.until_ms is None]
    return [_paused(keys[page.page_id], page) for page in waiting]


def _paused(key: str, page: PausedPage) -> Fault:
    if page.reason == BLOCKED:
        mend = "Look into the Page's Support Inbox; the bot sends again when Meta lifts it."
    else:
        mend = "Mend the Page's token or permissions; the bot asks every minute, then sends again."
    return Fault(key, f"a paused Page: {page.reason}", mend)


async def _faults_of(key: str, url: str, which: schema.Which) -> list[Fault]:
    path = _path(url)
    if path is not None:
        if fault := _file_fault(key, path):
            return [fault]
        if not path.exists():
            return []  # `serve` makes it
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            found, is_usable = await _revision(url, which)
    except (StorageError, TimeoutError, OSError) as trouble:
        mend = "Check address, user and password, and that the database server runs."
        return [Fault(key, f"a database that does not answer ({type(trouble).__name__})", mend)]
    if is_usable:
        return []
    return list(_revision_faults(key, found, schema.NEWEST[which], is_file=path is not None))


async def _revision(url: str, which: schema.Which) -> tuple[str | None, bool]:
    """Return which tables there are, and whether this version can work with them."""
    database = Database(url)
    try:
        found = await schema.revision_of(database)
        return found, await schema.is_usable(database, which, found)
    finally:
        await database.close()


def _revision_faults(key: str, found: str | None, newest: str, *, is_file: bool) -> list[Fault]:
    if found and found > newest:
        mend = "Install the version of this program that made it, or a newer one."
        return [Fault(key, f"tables of a newer version ({found})", mend)]
    if is_file:  # `serve` brings a file up to date by itself
        return []
    mend = "Run `chatmagico db upgrade`."
    return [Fault(key, f"tables of an older version ({found})" if found else "no tables", mend)]


def _file_fault(key: str, path: Path) -> Fault | None:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Fault(key, "a folder that cannot be written to", "Give the bot leave to write.")
    if path.exists() and not _is_usable(path):
        mend = "Write the path of the bot's own file, and give it leave to read and write it."
        return Fault(key, "a file that is no database, or may not be written", mend)
    return None


def _is_usable(path: Path) -> bool:
    if not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) in {b"", _MAGIC}


def _path(url: str) -> Path | None:
    if not url.startswith(_SQLITE):
        return None
    return Path(url.removeprefix(_SQLITE).partition("?")[0])
