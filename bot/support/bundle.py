"""One file with everything that helps, made of parts of which each may fail alone."""

import io
import json
import os
import tarfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.clock import Clock
from bot.log_actions import Action
from bot.logs import FIELDS, MAX_CHARS
from bot.outbound.graph import open_session
from bot.readiness import faults_of
from bot.settings import Settings
from bot.stores import open_store
from bot.support.facts import configured, versions
from storage import StorageError
from storage.census import census

#: The newest lines of a log; more says little.
_MOST_LINES: Final = 2_000
#: A Page, a process and an address tell whose bundle it is, and nothing about the fault.
_LOGGED: Final = FIELDS - {"page_id", "node", "url_host"} | {"action", "level", "at"}
_ACTIONS: Final = frozenset(one.value for one in Action)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


async def contents(
    settings: Settings, *, program: str, clock: Clock, log: Iterable[str] = ()
) -> dict[str, bytes]:
    """Return the parts of a bundle, by file name.

    Args:
        settings: The deployment's.
        program: This program's version.
        clock: Tells the time.
        log: Lines of the bot's own log; whatever else stands there is left out.
    """
    address = f"http://{settings.metrics.host}:{settings.metrics.port}"
    return {
        "versions.json": _json(versions(program)),
        "settings.json": _json(configured(settings)),
        "tables.json": await _or_why(lambda: _kept(settings)),
        "check.json": await _or_why(lambda: _checked(settings, clock)),
        "health.json": await _or_why(lambda: _asked(f"{address}/health")),
        "metrics.txt": await _or_why(lambda: _asked(f"{address}/metrics")),
        "log.jsonl": "".join(f"{line}\n" for line in _lines(log)).encode(),
    }


def write(file: Path, parts: Mapping[str, bytes]) -> None:
    """Write a new file for its owner's eyes alone, which says nothing of who packed it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(packed.getvalue())


async def _kept(settings: Settings) -> bytes:
    store = open_store(settings)
    try:
        return _json(await census(store))
    finally:
        await store.close()


async def _checked(settings: Settings, clock: Clock) -> bytes:
    faults = await faults_of(settings, clock=clock, is_offline=False)
    # What was found there may be anything that somebody wrote: the key and the mend will do.
    return _json([{"key": fault.key, "mend": fault.mend} for fault in faults])


async def _asked(url: str) -> bytes:
    async with open_session() as session, session.get(url, timeout=_TIMEOUT) as answer:
        return await answer.read()


async def _or_why(part: Callable[[], Awaitable[bytes]]) -> bytes:
    """Return a part, or the class of what stood in its way: that helps too."""
    try:
        return await part()
    except (StorageError, aiohttp.ClientError, OSError, TimeoutError) as refused:
        return _json({"missing": type(refused).__name__})


def _lines(log: Iterable[str]) -> Iterator[str]:
    """Yield the newest of our own lines, each with the fields that are listed and no others."""
    ours = [found for line in log if (found := _ours(line))]
    for line in ours[-_MOST_LINES:]:
        yield json.dumps(line)


def _ours(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    if not isinstance(told, dict) or told.get("action") not in _ACTIONS:
        return None
    return {name: value for name, value in told.items() if name in _LOGGED and _is_short(value)}


def _is_short(value: object) -> bool:
    is_plain = value is None or isinstance(value, str | int | float)
    return is_plain and len(str(value)) <= MAX_CHARS


def _json(content: object) -> bytes:
    return json.dumps(content, indent=2, sort_keys=True).encode() + b"\n"
