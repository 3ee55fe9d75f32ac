"""What SQLite leaves on the disk: nothing, because of secure_delete and the emptied log.

PostgreSQL promises nothing of the kind; there, only sealing and the destroyed keys count.
"""

import sqlite3
from pathlib import Path

import pytest

from storage import Store
from tests.kit.deployment import Databases
from tests.storage import raw_files
from tests.storage.conftest import ON_SQLITE
from tests.storage.make import HOUR_MS, NOON_MS, World

LATER_MS = NOON_MS + 48 * HOUR_MS
CANARY = b"canary-0d1c2b3a"
ROWS = 400


def write_and_delete(path: Path, *, secure_delete: bool) -> None:
    """Write a marker many times, delete it, and empty the log, with plain SQLite."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA secure_delete={'ON' if secure_delete else 'OFF'}")
    connection.execute("CREATE TABLE kept (value BLOB)")
    connection.executemany("INSERT INTO kept VALUES (?)", [(CANARY * 20,)] * ROWS)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("DELETE FROM kept")
    assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    connection.close()


def test_without_secure_delete_the_search_finds_something(tmp_path: Path) -> None:
    """The control: the same search sees deleted bytes where SQLite does not overwrite them."""
    write_and_delete(tmp_path / "control.db", secure_delete=False)
    assert raw_files.count(tmp_path, CANARY) > 0


def test_secure_delete_is_what_removes_them(tmp_path: Path) -> None:
    """With secure_delete on and nothing else changed, the search finds nothing."""
    write_and_delete(tmp_path / "control.db", secure_delete=True)
    assert raw_files.count(tmp_path, CANARY) == 0


async def sealed_of(store: Store) -> list[bytes]:
    """Return every sealed value there is, and every blind index and wrapped key."""
    found: list[bytes] = []
    for database, table, columns in (
        (store.main, "people", "psid, state, lookup"),
        (store.main, "outbox", "body"),
        (store.keyring.database, "person_keys", "wrapped"),
    ):
        async with database.read() as tx:
            rows = (await tx.exec_driver_sql(f"SELECT {columns} FROM {table}")).all()  # noqa: S608 - ours
        found += [bytes(value) for row in rows for value in row if value]
    return found


@ON_SQLITE
async def test_nothing_of_an_erased_person_is_on_the_disk(
    world: World, databases: Databases
) -> None:
    """Not even the sealed bytes, the blind index or the wrapped key can be found afterwards."""
    for number in range(30):
        who = await world.person(erase_due_at_ms=LATER_MS)
        await world.message(who, b"%d" % number + CANARY * 20)
    traces = await sealed_of(world.store)
    assert raw_files.count(databases.folder, *traces) >= len(traces) == 120
    assert await world.store.erase_due(now_ms=LATER_MS) == 30
    assert raw_files.count(databases.folder, *traces) == 0


async def test_what_is_kept_is_sealed_on_the_disk(world: World, databases: Databases) -> None:
    """While somebody is known, neither their words nor their id stand in any file."""
    who = await world.person()
    await world.message(who, CANARY)
    await world.event(who, CANARY)
    if databases.url.startswith("sqlite"):
        folder = databases.folder
    else:
        async with world.store.main.read() as tx:
            asked = await tx.exec_driver_sql("SHOW data_directory")
            folder = Path(asked.scalar_one())
            await tx.exec_driver_sql("CHECKPOINT")
    needles = [form for value in (CANARY.decode(), who.psid) for form in _forms(value)]
    assert raw_files.count(folder, *needles) == 0
    assert raw_files.count(folder, who.lookup, who.lookup.hex().encode()) > 0


@ON_SQLITE
async def test_a_destroyed_days_key_is_off_the_disk(world: World, databases: Databases) -> None:
    """The wrapped key of a day that is over can't be found any more."""
    await world.store.keyring.day_key(20_000, "inbox")
    async with world.store.keyring.database.read() as tx:
        wrapped = (await tx.exec_driver_sql("SELECT wrapped FROM day_keys")).scalar_one()
    assert raw_files.count(databases.folder, wrapped) > 0
    assert await world.store.keyring.destroy_days_before(20_001, "inbox") == 1
    assert raw_files.count(databases.folder, wrapped) == 0


@ON_SQLITE
async def test_an_open_reader_holds_the_log_and_it_is_told(
    world: World, databases: Databases
) -> None:
    """Emptying the log says no while somebody still reads from it, and yes afterwards."""
    backup = sqlite3.connect(databases.url.split("///")[1], isolation_level=None)
    backup.execute("BEGIN")
    backup.execute("SELECT * FROM people").fetchall()
    await world.person()
    assert not await world.store.main.truncate_log()
    backup.execute("COMMIT")
    assert await world.store.main.truncate_log()
    backup.close()


async def test_emptying_the_log_changes_nothing_else(world: World) -> None:
    """Whatever is kept is still there, and writing goes on."""
    who = await world.person()
    assert await world.store.main.truncate_log()
    assert await world.store.keyring.database.truncate_log()
    assert (await world.row_of(who)).person_id == who.person_id
    await world.person()


def _forms(value: str) -> list[bytes]:
    return list(raw_files.forms_of(value).values())


@pytest.mark.parametrize("form", raw_files.forms_of(CANARY.decode()))
def test_the_search_sees_every_form(form: str, tmp_path: Path) -> None:
    """A value written down in any of the usual ways is found."""
    written = raw_files.forms_of(CANARY.decode())[form]
    (tmp_path / "file").write_bytes(b"before" + written + b"after")
    assert raw_files.count(tmp_path, written) == 1
