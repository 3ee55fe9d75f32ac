"""`kill -9` while people are being erased: it always ends with nobody, and one receipt each."""

import asyncio
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.simulator import Simulator
from storage.erasure import RECEIPT_WAIT_MS
from storage.receipts import hash_of
from storage.tombstones import Tombstones
from storage.vault.blind_index import blind_index
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config
from tests.storage import raw_files

_RECEIPT = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def _rows(file: Path, query: str) -> list[tuple[bytes, ...]]:
    """Look into a database beside the running bot."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _lookups(folder: Path, people: list[str]) -> list[bytes]:
    """Return the blind indexes these people had."""
    key = FileSecrets(folder / "keys" / "keys.secret").load().derive("bidx/psid/1")
    return [blind_index(key, PAGE, psid) for psid in people]


async def _say(simulator: Simulator, psid: str, text: str, *, timeout_s: float = 60) -> bool:
    """Say something, and tell whether it was answered; the answer may be in doubt for a while."""
    count = History.of(simulator, psid).answers + 1
    assert (await simulator.say(psid, text)).is_acknowledged
    try:
        await simulator.wait_for(
            lambda _: History.of(simulator, psid).answers >= count, psid, timeout_s=timeout_s
        )
    except TimeoutError:
        return False
    return True


async def _leave(simulator: Simulator, psid: str) -> None:
    """Come, and ask to be erased, until there is a receipt, or it was waited for long enough."""
    assert await _say(simulator, psid, "Hello")
    assert await _say(simulator, psid, "delete me")
    while await _say(simulator, psid, "DELETE", timeout_s=RECEIPT_WAIT_MS / 1000 + 5):
        if _receipts_of(simulator, psid):
            return


async def _come_and_go(simulator: Simulator, people: list[str], stop: asyncio.Event) -> None:
    """Let one person after the other come and be erased."""
    while not stop.is_set():
        people.append(simulator.add_person(PAGE))
        await _leave(simulator, people[-1])


async def _until_nobody_is_left(folder: Path) -> None:
    async with asyncio.timeout(60):
        while _rows(folder / "data" / "chatmagico.db", "SELECT person_id FROM people"):  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.1)


async def _until_all_is_sent(folder: Path) -> None:
    async with asyncio.timeout(10):
        while _rows(folder / "data" / "chatmagico.db", "SELECT seq FROM outbox"):  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.01)


async def _until_nothing_is_on_disk(folder: Path, traces: list[bytes]) -> None:
    async with asyncio.timeout(10):
        while raw_files.count(folder / "data", *traces):  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.1)


def _receipts_of(simulator: Simulator, psid: str) -> set[str]:
    """Return the different receipts that a person was given."""
    said = [one.text for one in simulator.received if one.psid == psid and one.text]
    return {number for text in said for number in _RECEIPT.findall(text)}


async def _kill_during_erasures(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        config = write_config(Databases.sqlite(folder), graph_url=simulator.graph_url, port=port)
        process = Process(config)
        await process.start()
        stop = asyncio.Event()
        people: list[str] = []
        guests = [asyncio.create_task(_come_and_go(simulator, people, stop)) for _ in range(4)]
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.02, 1.2))  # erasures begin and end meanwhile
            await process.kill()
            await process.start()
        stop.set()
        await asyncio.gather(*guests)
        await _until_nobody_is_left(folder)
        await _until_nothing_is_on_disk(folder, _lookups(folder, people))
        assert await process.terminate() == 0
        given = [number for psid in people for number in _receipts_of(simulator, psid)]
    _check_what_is_left(folder, given)


def _check_what_is_left(folder: Path, given: list[str]) -> None:
    """Nobody's key is left, everybody has a tombstone, and every receipt says done, once."""
    tombstones = Tombstones(folder / "keys" / "tombstones")
    erased = {person for batch in tombstones.batches() for person in batch}
    keyed = {
        row[0] for row in _rows(folder / "keys" / "keys.db", "SELECT person_id FROM person_keys")
    }
    assert not keyed & erased
    done = _rows(folder / "data" / "chatmagico.db", "SELECT receipt_hash, done_at_ms FROM receipts")
    assert {hash_of(number) for number in given} <= {row[0] for row in done}
    assert all(row[1] for row in done)
    assert len(given) <= len(done) == len(erased)


async def test_kills_during_erasures_always_converge(tmp_path: Path) -> None:
    """After 8 kills nobody is left, no key, no byte of an index, and one receipt each is done."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_during_erasures(tmp_path, 8, seed)


@pytest.mark.soak
async def test_500_kills_during_erasures_always_converge(tmp_path: Path) -> None:
    """The same over 500 kills."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_during_erasures(tmp_path, 500, seed)


async def test_a_redelivered_delete_creates_nobody(tmp_path: Path) -> None:
    """Messenger may deliver the last word again after the erasure: nobody comes back."""
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        config = write_config(Databases.sqlite(tmp_path), graph_url=simulator.graph_url, port=port)
        process = Process(config)
        await process.start()
        psid = simulator.add_person(PAGE)
        person = simulator.people.get(psid)
        last = {"mid": "m_the-last-word", "text": "DELETE"}
        await _say(simulator, psid, "Hello")
        await _say(simulator, psid, "delete me")
        await _until_all_is_sent(tmp_path)
        await simulator.tell(person, message=last)
        await _until_nobody_is_left(tmp_path)
        for _ in range(3):
            assert (await simulator.tell(person, message=last)).is_acknowledged
        assert _rows(tmp_path / "data" / "chatmagico.db", "SELECT person_id FROM people") == []
        assert await process.terminate() == 0
