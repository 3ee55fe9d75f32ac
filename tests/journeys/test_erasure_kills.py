"""`kill -9` while people are being erased: it always ends with nobody, and one receipt each."""

import asyncio
import random
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.simulator import Simulator
from storage import Store
from storage.db.engine import Database
from storage.db.tables import outbox, people, person_keys, receipts
from storage.erasure import RECEIPT_WAIT_MS
from storage.receipts import hash_of
from storage.vault.blind_index import blind_index
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config
from tests.storage import raw_files

pytestmark = pytest.mark.long

#: Longer than every wait of somebody whose answer was in doubt when the last process died.
_PATIENCE_S = 240
_RECEIPT = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture(params=["databases", pytest.param("postgres_databases", marks=pytest.mark.soak)])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind; in the long runs only, where that is PostgreSQL."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


def _store(databases: Databases) -> Store:
    """Look into the databases beside the running bot."""
    secrets = FileSecrets(databases.folder / "keys" / "keys.secret").load()
    tombstones = databases.folder / "keys" / "tombstones"
    return Store(databases.url, databases.keys_url, secrets, tombstones=tombstones)


async def _rows(database: Database, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    async with database.read() as tx:
        return list((await tx.execute(table.select())).all())


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


async def _is_known(store: Store, psid: str) -> bool:
    async with store.read() as tx:
        return bool(await store.people.find(tx, [store.keyring.lookup(PAGE, psid)]))


async def _leave(simulator: Simulator, store: Store, psid: str) -> None:
    """Come, and ask to be erased, until there is a receipt, or nobody to give one to.

    An answer may have been begun twice and been sent never, or wait in doubt for a process that
    lives long enough to decide: whoever hears nothing asks again, as people do.
    """
    for word in ("Hello", "delete me"):
        while not await _say(simulator, psid, word):
            pass
    while not _receipts_of(simulator, psid):
        is_answered = await _say(simulator, psid, "DELETE", timeout_s=RECEIPT_WAIT_MS / 1000 + 5)
        if not is_answered and not await _is_known(store, psid):
            return


async def _come_and_go(
    simulator: Simulator, store: Store, people: list[str], stop: asyncio.Event
) -> None:
    """Let one person after the other come and be erased."""
    while not stop.is_set():
        people.append(simulator.add_person(PAGE))
        await _leave(simulator, store, people[-1])


async def _until_empty(store: Store, table: sa.Table, *, timeout_s: float = 60) -> None:
    async with asyncio.timeout(timeout_s):
        while await _rows(store.main, table):  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.05)


async def _until_nothing_is_on_disk(folder: Path, traces: list[bytes]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while raw_files.count(folder / "data", *traces):  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.1)


def _receipts_of(simulator: Simulator, psid: str) -> set[str]:
    """Return the different receipts that a person was given."""
    said = [one.text for one in simulator.received if one.psid == psid and one.text]
    return {number for text in said for number in _RECEIPT.findall(text)}


async def _kill_during_erasures(databases: Databases, kills: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, port = random.Random(seed), free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        await process.start()
        store, stop = _store(databases), asyncio.Event()
        came: list[str] = []
        guests = [asyncio.create_task(_come_and_go(simulator, store, came, stop)) for _ in range(4)]
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.02, 1.2))  # erasures begin and end meanwhile
            await process.kill()
            await process.start()
        stop.set()
        async with asyncio.timeout(_PATIENCE_S):  # nobody kills it any more: now all are served
            await asyncio.gather(*guests)
        await _until_empty(store, people)
        if store.main.is_sqlite:
            lookups = _lookups(databases.folder, came)
            await _until_nothing_is_on_disk(databases.folder, lookups)
        assert await process.terminate() == 0
        given = [number for psid in came for number in _receipts_of(simulator, psid)]
    await _check_what_is_left(store, given)
    await store.close()


async def _check_what_is_left(store: Store, given: list[str]) -> None:
    """Nobody's key is left, everybody has a tombstone, and every receipt says done, once."""
    erased = {person for batch in store.tombstones.batches() for person in batch}
    keyed = {row.person_id for row in await _rows(store.keyring.database, person_keys)}
    assert not keyed & erased
    done = await _rows(store.main, receipts)
    assert {hash_of(number) for number in given} <= {row.receipt_hash for row in done}
    assert all(row.done_at_ms for row in done)
    assert len(given) <= len(done) == len(erased)


async def test_kills_during_erasures_always_converge(either: Databases) -> None:
    """After 8 kills nobody is left, no key, no byte of an index, and one receipt each is done."""
    await _kill_during_erasures(either, 8)


@pytest.mark.soak
async def test_500_kills_during_erasures_always_converge(either: Databases) -> None:
    """The same over 500 kills."""
    await _kill_during_erasures(either, 500)


async def test_a_redelivered_delete_creates_nobody(either: Databases) -> None:
    """Messenger may deliver the last word again after the erasure: nobody comes back."""
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        process = Process(write_config(either, graph_url=simulator.graph_url, port=port))
        await process.start()
        store = _store(either)
        psid = simulator.add_person(PAGE)
        person = simulator.people.get(psid)
        last = {"mid": "m_the-last-word", "text": "DELETE"}
        await _say(simulator, psid, "Hello")
        await _say(simulator, psid, "delete me")
        await _until_empty(store, outbox, timeout_s=PATIENCE_S)
        await simulator.tell(person, message=last)
        await _until_empty(store, people)
        for _ in range(3):
            assert (await simulator.tell(person, message=last)).is_acknowledged
        assert await _rows(store.main, people) == []
        await store.close()
        assert await process.terminate() == 0
