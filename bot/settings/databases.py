"""Rules that keep people's data and the keys to it apart, and what both say unheard."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bot.settings.faults import Fault
from bot.settings.given import Given

_SQLITE = "sqlite+aiosqlite:///"
_PORT = "5432"
_HERE = "127.0.0.1"
_MEND_BESIDE = "Write a path outside the database's folder: one backup must not hold both."


def databases_apart(given: Given) -> Iterator[Fault]:
    """Yield a fault where a thief, or a backup, of one would hold the other too."""
    storage, keys = given.effective("storage.url"), given.effective("keys.url")
    for key, url in (("storage.url", storage), ("keys.url", keys)):
        if _is_in_memory(url):
            mend = "Write the path of a file: memory forgets everything at the end."
            yield Fault(key, "a database in memory", mend)
    if _is_same(storage, keys):
        mend = "Write another database: keys beside the data protect nothing."
        yield Fault("keys.url", "the same database as storage.url", mend)
    elif _is_file(keys) and _is_beside(_path(keys), storage):
        yield Fault("keys.url", "a path inside the database's folder", _MEND_BESIDE)
    for key in ("keys.file", "storage.tombstones"):
        if _is_beside(Path(given.effective(key)), storage):
            yield Fault(key, "a path inside the database's folder", _MEND_BESIDE)


def databases_unheard(given: Given) -> Iterator[Fault]:
    """Yield a fault where what PostgreSQL is told, its password too, crosses a network in clear."""
    for key in ("storage.url", "keys.url"):
        url = given.effective(key)
        if not url.startswith(_SQLITE) and _is_overheard(url):
            mend = (
                "Add ?ssl=verify-full to the address; where the server's authority is your own, "
                "put its certificate into ~/.postgresql/root.crt or name it in PGSSLROOTCERT."
            )
            yield Fault(key, "a server elsewhere, without ssl=verify-full", mend)


def _is_overheard(url: str) -> bool:
    try:
        is_elsewhere = not all(_is_here(host) for host, _ in _servers(url))
        return is_elsewhere and set(_query(url).get("ssl", ())) != {"verify-full"}
    except ValueError:  # told where it is connected to
        return False


def _is_here(host: str) -> bool:
    """Tell whether a host is this machine: a socket's folder, or a loopback address."""
    if host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_same(url: str, other: str) -> bool:
    """Tell whether two addresses lead to one database, however they are spelled."""
    if _is_file(url) and _is_file(other):
        return _path(url) == _path(other)
    if url.startswith(_SQLITE) or other.startswith(_SQLITE):
        return url == other
    try:
        is_one_server = bool(_servers(url) & _servers(other))
        return is_one_server and _database(url) == _database(other)
    except ValueError:  # a port that is no number
        return url == other


def _servers(url: str) -> set[tuple[str, str]]:
    """Return host and port of each server of an address; they may stand behind the ? instead.

    Raises:
        ValueError: A host or a port is none.
    """
    parts, query = urlsplit(url), _query(url)
    port = query.get("port", [str(parts.port or _PORT)])[-1]
    servers = {_server(host, port) for host in query.get("host", ())}
    return servers or {_server(parts.hostname or "", port)}


def _server(host: str, port: str) -> tuple[str, str]:
    name, _, own_port = host.partition(":") if host.count(":") == 1 else (host, "", "")
    name = name if name.startswith("/") else name.lower().rstrip(".")
    return (_HERE if name in {"", "localhost", "::1"} else name, own_port or port)


def _database(url: str) -> str:
    return _query(url).get("database", [unquote(urlsplit(url).path.removeprefix("/"))])[-1]


def _query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def _is_beside(file: Path, url: str) -> bool:
    return _is_file(url) and file.resolve().is_relative_to(_path(url).parent)


def _is_file(url: str) -> bool:
    return url.startswith(_SQLITE) and not _is_in_memory(url)


def _path(url: str) -> Path:
    return Path(url.removeprefix(_SQLITE).partition("?")[0]).resolve()


def _is_in_memory(url: str) -> bool:
    rest = url.removeprefix(_SQLITE)
    return url.startswith(_SQLITE) and (rest.startswith(":memory:") or "mode=memory" in rest)
