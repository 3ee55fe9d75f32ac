"""`support-bundle`: everything that helps, and nothing that anybody could be harmed by."""

import json
import secrets
import tarfile
from typing import Any

from bot.app import running
from bot.clock import SystemClock
from bot.settings import parse_settings
from tests.bot.commands.conftest import Operator
from tests.bot.commands.test_quarantine import CANARY, park_one
from tests.kit.deployment import PAGE
from tests.storage import raw_files

NAMES = {
    "versions.json",
    "settings.json",
    "tables.json",
    "check.json",
    "health.json",
    "metrics.txt",
    "log.jsonl",
}


def canary(what: str) -> str:
    """Return a value that stands nowhere by chance."""
    return f"{what}-{secrets.token_hex(8)}"


def poison(raw: dict[str, Any]) -> list[str]:
    """Give every setting that could name or harm anybody a value of its own; return them."""
    found: list[str] = []

    def made(what: str, shape: str = "{}") -> str:
        found.append(canary(what))
        return shape.format(found[-1])

    for key in ("app_secret", "verify_token"):
        raw["messenger"][key] = made(key)
    for page in raw["pages"]:
        page["name"] = made("page")
    raw["controller"] = {
        "name": made("controller"),
        "address": made("street"),
        "email": made("email", "{}@example.org"),
        "dpo": made("dpo"),
        "authority": made("authority"),
    }
    for purpose in raw["purposes"]:
        purpose["text"] = made("purpose")
    raw["recipients"] = [
        {
            "name": made("recipient"),
            "role": made("role"),
            "country": "DE",
            "erasure_url": made("url", "https://{}.example.org/erasures"),
            "erasure_token": made("recipient-token"),
        }
    ]
    raw["mail"] = {
        "host": "127.0.0.1",
        "port": 1,
        "username": made("user"),
        "password": made("password"),
        "sender": made("sender", "{}@example.org"),
    }
    return found + [page["access_token"] for page in raw["pages"]]


def parts_of(operator: Operator) -> dict[str, bytes]:
    """Unpack the bundle."""
    with tarfile.open(operator.folder / "bundle.tar.gz") as archive:
        opened = {one.name: archive.extractfile(one) for one in archive.getmembers()}
        return {name: part.read() for name, part in opened.items() if part is not None}


async def bundle(operator: Operator, *arguments: str) -> dict[str, bytes]:
    """Write a bundle and unpack it."""
    ended = await operator.runs(
        "support-bundle", str(operator.folder / "bundle.tar.gz"), *arguments
    )
    assert ended.code == 0, ended.err
    return parts_of(operator)


async def test_no_person_and_no_secret_is_in_any_byte(operator: Operator) -> None:
    """Names, addresses, ids, words, tokens, paths: of a bot that runs and has failed at a word."""
    values = poison(operator.raw)
    operator.writes_config()
    log = operator.folder / "bot.log"
    said = canary("said")
    log.write_text(
        f'{{"action":"event.parked","at":"2026-11-23","level":"error","text":"{said}"}}\n'
        f'{{"action":"{said}"}}\n{said}\n'
    )
    settings = parse_settings(operator.raw)
    async with running(settings, SystemClock()) as bot:
        psid = 10**15 + secrets.randbelow(10**15)
        await park_one(bot.store, psid)
        async with bot.store.read() as tx:
            assert await bot.store.inbox.list_parked(tx)
        parts = await bundle(operator, "--log", str(log))
    values += [said, CANARY, str(psid), str(operator.folder), PAGE]
    for file in (operator.folder / "keys").glob("keys.secret*"):
        values += [word for word in file.read_text(encoding="ascii").split() if len(word) > 30]
    assert parts.keys() == NAMES
    whole = b"\n".join(parts.values())
    assert [values[at] for at in raw_files.found(whole, values)] == []


async def test_what_helps_is_there(operator: Operator) -> None:
    """Versions, revisions, counts, what `check` says, the metrics and the log's own lines."""
    log = operator.folder / "bot.log"
    log.write_text('{"action":"event.parked","reason":"ValueError","level":"error"}\n')
    async with running(parse_settings(operator.raw), SystemClock()) as bot:
        await park_one(bot.store, 77)
        parts = await bundle(operator, "--log", str(log))
    read = {name: json.loads(part) for name, part in parts.items() if name.endswith(".json")}
    assert read["versions.json"]["packages"]["aiohttp"]
    assert read["settings.json"]["storage"] == "sqlite"
    assert read["tables.json"]["main"]["rows"]["people"] == 1
    assert read["tables.json"]["parked"] == {"ValueError": 1}
    assert read["health.json"]["status"] == "ok"
    assert isinstance(read["check.json"], list)
    assert b"chatmagico_" in parts["metrics.txt"]
    assert b"ValueError" in parts["log.jsonl"]


async def test_it_is_made_where_nothing_runs_or_is_there(operator: Operator) -> None:
    """Each part fails alone, and says by which kind of fault."""
    parts = await bundle(operator)
    assert parts.keys() == NAMES
    assert "missing" in json.loads(parts["health.json"])


async def test_only_its_owner_reads_it_and_nothing_is_written_over(operator: Operator) -> None:
    """The file is new, and closed to others."""
    await bundle(operator)
    file = operator.folder / "bundle.tar.gz"
    assert not file.stat().st_mode & 0o077
    ended = await operator.runs("support-bundle", str(file))
    assert ended.code == 2
