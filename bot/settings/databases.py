"""Rules that keep people's data and the keys to it apart."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings.faults import Fault
from bot.settings.given import Given

_SQLITE = "sqlite+aiosqlite:///"


def databases_apart(given: Given) -> Iterator[Fault]:
    """Yield a fault where a thief, or a backup, of one would hold the other too."""
    storage, keys = given.effective("storage.url"), given.effective("keys.url")
    for key, url in (("storage.url", storage), ("keys.url", keys)):
        if _is_in_memory(url):
            mend = "Write the path of a file: memory forgets everything at the end."
            yield Fault(key, "a database in memory", mend)
    if _identity(storage) == _identity(keys):
        mend = "Write another database: keys beside the data protect nothing."
        yield Fault("keys.url", "the same database as storage.url", mend)
    if _is_beside(Path(given.effective("keys.file")), storage):
        mend = "Write a path outside the database's folder: one backup must not hold both."
        yield Fault("keys.file", "a path inside the database's folder", mend)


def _is_beside(file: Path, url: str) -> bool:
    is_file = url.startswith(_SQLITE) and not _is_in_memory(url)
    return is_file and file.resolve().is_relative_to(_path(url).parent)


def _identity(url: str) -> tuple[str, ...]:
    """Return what tells one database from another, however its address is spelled."""
    if url.startswith(_SQLITE):
        return ("sqlite", str(_path(url)))
    try:
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else str(parts.hostname)
        return ("postgresql", host, str(parts.port or 5432), parts.path)
    except ValueError:  # a port that is no number
        return ("unreadable", url)


def _path(url: str) -> Path:
    return Path(url.removeprefix(_SQLITE).partition("?")[0]).resolve()


def _is_in_memory(url: str) -> bool:
    rest = url.removeprefix(_SQLITE)
    return url.startswith(_SQLITE) and (rest.startswith(":memory:") or "mode=memory" in rest)
