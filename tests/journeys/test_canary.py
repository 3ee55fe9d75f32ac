"""Nothing that identifies a person, or that they wrote, reaches a disk, a log or a metric.

Once they are erased, not even the sealed bytes of what was kept can be found.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from bot.simulator import Fault
from storage import PersonId, Store
from storage.db.tables import keys, main
from tests.kit.chat import Chat
from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.living import SECTIONS, Life
from tests.storage import raw_files

WORDS = "zebracanary-4711"
REF = "reference-canary-8823"
SWITCHES = {"on": 0, "off": 1}


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
    for path in raw_files.below(deployment.databases.folder):
        assert not raw_files.found(path.read_bytes(), secrets), path.name
    assert not raw_files.found(deployment.bot.metrics.exposition(), secrets)
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), secrets)


async def test_the_search_would_find_what_it_looks_for(deployment: Deployment) -> None:
    """The same search finds a value that is kept in clear, so it is able to fail."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    page_ids = [page.id for page in deployment.settings.pages]
    found = [
        number
        for path in raw_files.below(deployment.databases.folder)
        for number in raw_files.found(path.read_bytes(), page_ids)
    ]
    assert 0 in found


async def test_an_erased_stranger_leaves_no_byte(deployment: Deployment) -> None:
    """When a stranger's time is over, row, key and every old version of them are off the disk."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    store = deployment.bot.store
    lookup = store.keyring.lookup(deployment.settings.pages[0].id, chat.psid)
    assert any(lookup in path.read_bytes() for path in raw_files.below(deployment.databases.folder))
    deployment.clock.move(49 * 3600)
    await deployment.until(lambda: deployment.has_people(0))
    await deployment.until(lambda: deployment.is_on_no_disk(lookup))


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


async def _leaves(life: Life, chat: Chat) -> str:
    """Ask to be erased; return the receipt once nobody is left."""
    await chat.says("delete me")
    await chat.hears()
    await chat.says("DELETE")
    receipt = (await chat.hears("receipt")).text
    await life.deployment.until(lambda: life.deployment.has_people(0))
    return receipt


async def _sample(deployment: Deployment) -> None:
    """Let PostgreSQL copy what it finds into its statistics, as it does by itself."""
    if deployment.bot.store.is_shared:
        async with deployment.bot.store.write() as tx:
            await tx.exec_driver_sql("ANALYZE")


async def _folders(deployment: Deployment) -> list[Path]:
    """Return where the databases, and everything beside them, have their files."""
    folders = [deployment.databases.folder]
    if deployment.bot.store.is_shared:
        async with deployment.bot.store.read() as tx:
            folders.append(Path((await tx.exec_driver_sql("SHOW data_directory")).scalar_one()))
            await tx.exec_driver_sql("CHECKPOINT")
    return folders


async def test_an_erased_person_is_in_no_file_log_or_metric(
    either: Databases, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever they said, gave, were given or are called: in no file, log line or metric."""
    async with deployed(either, **SECTIONS) as deployment:
        life = Life(deployment)
        chat = await life.live()
        await _sample(deployment)
        receipt = await _leaves(life, chat)
        life.secrets += [word for word in receipt.split() if word.count("-") == 2]
        assert len(life.secrets) > 10
        needles = [form for one in life.secrets for form in raw_files.forms_of(one).values()]
        for folder in await _folders(deployment):
            assert raw_files.count(folder, *needles) == 0, folder.name
        assert not raw_files.found(deployment.bot.metrics.exposition(), life.secrets)
        keyring = deployment.bot.store.keyring
        assert await keyring.find([PersonId(life.person_id)]) == {}
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), life.secrets)


async def test_not_even_sealed_bytes_of_an_erased_person_are_left(databases: Databases) -> None:
    """No sealed value, index, key, token or number of theirs, of any time, is in any file."""
    async with deployed(databases, **SECTIONS) as deployment:
        life = Life(deployment)
        chat = await life.live()
        assert len(life.traces) > 20
        assert raw_files.count(databases.folder, *life.traces)
        await _leaves(life, chat)
        await deployment.until(lambda: _is_clean(databases, life))
    assert await _is_clean(databases, life)
    # Their random id is in the tombstones alone, where it leads to nothing any more.
    holders = [p.name for p in raw_files.below(databases.folder) if _names(p, life.person_id)]
    assert holders == ["tombstones"]


def _names(path: Path, person_id: bytes) -> bool:
    content = path.read_bytes()
    return person_id in content or person_id.hex().encode() in content


async def _is_clean(databases: Databases, life: Life) -> bool:
    return not raw_files.count(databases.folder, *life.traces)


async def test_a_reader_in_the_way_delays_it_and_no_more(databases: Databases) -> None:
    """While somebody reads an old state the bytes stay in the log; soon afterwards they go."""
    async with deployed(databases, **SECTIONS) as deployment:
        life = Life(deployment)
        chat = await life.live()
        with closing(_reader(databases.folder / "data" / "chatmagico.db")):
            await _leaves(life, chat)
            assert await deployment.bot.store.keyring.find([PersonId(life.person_id)]) == {}
            assert not await _is_clean(databases, life)
        await deployment.until(lambda: _is_clean(databases, life))


def _reader(file: Path) -> sqlite3.Connection:
    """Open the database as it is now, and keep it so."""
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT * FROM people").fetchall()
    return reader


async def test_the_same_erasure_without_secure_delete_is_found_out(databases: Databases) -> None:
    """The bot erases just so, on connections with the setting off: the same search finds bytes."""
    async with deployed(databases, **SECTIONS) as deployment:
        life = Life(deployment)
        chat = await life.live()
        _switch_off(deployment.bot.store)
        await _leaves(life, chat)
        await deployment.until(lambda: _is_emptied(databases))
        assert not await _is_clean(databases, life)
    assert not await _is_clean(databases, life)


def _switch_off(store: Store) -> None:
    """Let every connection forget the setting as it is taken out of the pool."""
    for database in (store.main, store.keyring.database):
        sa.event.listen(database.engine.sync_engine, "checkout", _forget)


def _forget(connection: DBAPIConnection, *_: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=OFF")
    cursor.close()


async def _is_emptied(databases: Databases) -> bool:
    """Tell whether the logs are empty, so that nothing is found there alone."""
    return not any(path.stat().st_size for path in databases.folder.rglob("*-wal"))


@pytest.mark.parametrize("switch", SWITCHES)
async def test_secure_delete_alone_decides(databases: Databases, switch: str) -> None:
    """The same rows, deleted by plain SQLite, are found with the setting off, and not with it."""
    async with deployed(databases, **SECTIONS) as deployment:
        life = Life(deployment)
        await life.live()
    for metadata, name in ((main, "data/chatmagico.db"), (keys, "keys/keys.db")):
        with closing(sqlite3.connect(databases.folder / name, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA secure_delete={switch}")
            for table in reversed(metadata.sorted_tables):
                if "person_id" in table.c:
                    connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - ours
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert min(1, raw_files.count(databases.folder, *life.traces)) == SWITCHES[switch]
