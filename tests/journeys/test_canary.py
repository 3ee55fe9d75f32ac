"""Nothing that identifies a person, or that they wrote, reaches a disk, a log or a metric."""

import base64
from pathlib import Path

import pytest

from bot.simulator import Fault
from tests.kit.deployment import Deployment

WORDS = "zebracanary-4711"
REF = "reference-canary-8823"


def _forms(secret: str) -> list[bytes]:
    raw = secret.encode()
    return [
        raw,
        secret.encode("utf-16-le"),
        base64.b64encode(raw)[:-4],
        raw.hex().encode(),
    ]


def _found(where: bytes, secrets: list[str]) -> list[int]:
    """Return which of the secrets are there, by number: a failure must not repeat them."""
    return [
        number
        for number, secret in enumerate(secrets)
        if any(form in where for form in _forms(secret))
    ]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_no_byte_of_a_person_reaches_disk_log_or_metric(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """Text, name, payload, reference and ids are in no file, log line or metric, in any form."""
    simulator = deployment.simulator
    psid = simulator.add_person(name=WORDS)
    chat = deployment.chat(psid)
    first = await simulator.get_started(psid, ref=REF)
    await chat.hears()
    second = await simulator.say(psid, f"{WORDS} please help")
    await chat.hears()
    simulator.faults.next(Fault.refused(1200), Fault.refused(100))
    await simulator.say(psid, f"news {WORDS}")
    await deployment.until(deployment.outbox_waits)
    secrets = [WORDS, REF, psid, str(first.mid), str(second.mid)]
    for path in _files(deployment.databases.folder):
        assert not _found(path.read_bytes(), secrets), path.name
    assert not _found(deployment.bot.metrics.exposition(), secrets)
    told = capfd.readouterr()
    assert not _found((told.out + told.err).encode(), secrets)


async def test_the_search_would_find_what_it_looks_for(deployment: Deployment) -> None:
    """The same search finds a value that is kept in clear, so it is able to fail."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    page_ids = [page.id for page in deployment.settings.pages]
    found = [
        number
        for path in _files(deployment.databases.folder)
        for number in _found(path.read_bytes(), page_ids)
    ]
    assert 0 in found


async def test_an_erased_stranger_leaves_no_byte(deployment: Deployment) -> None:
    """When a stranger's time is over, row, key and every old version of them are off the disk."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    store = deployment.bot.store
    lookup = store.keyring.lookup(deployment.settings.pages[0].id, chat.psid)
    assert any(lookup in path.read_bytes() for path in _files(deployment.databases.folder))
    deployment.clock.move(49 * 3600)
    await deployment.until(lambda: deployment.has_people(0))
    await deployment.until(lambda: deployment.is_on_no_disk(lookup))
