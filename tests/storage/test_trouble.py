"""Trouble with a database: told apart by class, and never in words that were kept."""

import asyncio
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from storage import (
    NewPerson,
    PersonId,
    StorageBusy,
    StorageError,
    StorageRefused,
    StorageUnavailable,
    Store,
)
from storage.db.engine import Database
from storage.db.sqlite import PRAGMAS
from storage.db.tables import people, texts
from storage.vault.sealing import SealedBytes
from tests.kit.postgres import PostgresServer
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE
from tests.storage.make import NOON_MS, PAGE, World

CANARY = "canary-5f4e3d2c"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a SQLite file's write lock, as another program may."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def impatient(database: Database) -> None:
    """Let no connection of a database wait for a lock, so that no test has to."""
    for connection in [await database.engine.connect() for _ in range(3)]:
        await connection.exec_driver_sql("PRAGMA busy_timeout=0")
        await connection.close()


#: What erasing and acknowledging rest on, written down once more: nothing stays, nor is lost.
_PROMISED = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "temp_store": 2}


@ON_SQLITE
async def test_every_connection_of_the_pool_is_set_up(store: Store) -> None:
    """Each connection has all settings: secure_delete, for one, holds for one connection only."""
    for database in (store.main, store.keyring.database):
        connections = [await database.engine.connect() for _ in range(8)]
        for connection in connections:
            for name, value in (PRAGMAS | _PROMISED).items():
                found = await connection.exec_driver_sql(f"PRAGMA {name}")
                assert (name, found.scalar_one()) == (name, value)
        for connection in connections:
            await connection.close()


@ON_SQLITE
async def test_emptying_the_log_leaves_the_settings(store: Store) -> None:
    """The connection that emptied the log waits for locks again afterwards."""
    await store.main.truncate_log()
    async with store.read() as tx:
        found = (await tx.exec_driver_sql("PRAGMA busy_timeout")).scalar_one()
    assert found == PRAGMAS["busy_timeout"]


@ON_SQLITE
async def test_a_locked_database_is_busy(world: World) -> None:
    """Writing to a file that another program holds says so; reading goes on."""
    who = await world.person()
    await impatient(world.store.main)
    assert world.store.main.path is not None
    with locked(world.store.main.path):
        with pytest.raises(StorageBusy):
            await world.message(who)
        assert (await world.row_of(who)).person_id == who.person_id
    await world.message(who)


@ON_POSTGRESQL
async def test_a_lock_that_is_not_to_be_had_is_busy(world: World) -> None:
    """A statement that gave up waiting for a lock says so."""
    async with world.store.write() as tx:
        await tx.exec_driver_sql("LOCK TABLE people")
        with pytest.raises(StorageBusy):
            await _read_impatiently(world)


async def _read_impatiently(world: World) -> None:
    async with world.store.write() as tx:
        await tx.exec_driver_sql("SET LOCAL lock_timeout = '1ms'")
        await tx.execute(people.select())


@ON_POSTGRESQL
async def test_a_broken_session_is_unavailable_once(
    world: World, postgres_server: PostgresServer
) -> None:
    """When the server ends a session its work fails, and the next one works again."""
    with pytest.raises(StorageUnavailable):
        await _read_while_disconnected(world, postgres_server)
    await world.person()


async def _read_while_disconnected(world: World, server: PostgresServer) -> None:
    name = world.store.main.engine.url.database
    assert name is not None
    async with world.store.write() as tx:
        await server.disconnect_all(name)
        await tx.execute(people.select())


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://postgres:@127.0.0.1:1/nowhere",
        "postgresql+asyncpg://postgres:@/nowhere?host=/nowhere",
        "sqlite+aiosqlite:////proc/version",
    ],
)
async def test_a_database_out_of_reach_is_unavailable(url: str) -> None:
    """What is not there, or is no database, is told as such."""
    database = Database(url)
    with pytest.raises(StorageUnavailable):
        async with database.read() as tx:
            await tx.execute(sa.select(1))
    await database.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    """A damaged or foreign file is told as such."""
    (tmp_path / "odd.db").write_bytes(b"no database " * 1000)
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/odd.db")
    with pytest.raises(StorageUnavailable, match="SQLITE_NOTADB"):
        async with database.read() as tx:
            await tx.execute(sa.select(1))
    await database.close()


@pytest.mark.parametrize("name", ["no_such_database", "role"])
async def test_a_wrong_address_is_unavailable(postgres_server: PostgresServer, name: str) -> None:
    """A database or a sign-in that PostgreSQL does not know is told as such."""
    url = postgres_server.url(name)
    database = Database(url.replace("postgres:@", "stranger:@") if name == "role" else url)
    with pytest.raises(StorageUnavailable):
        async with database.read() as tx:
            await tx.execute(sa.select(1))
    await database.close()


async def trouble_with_values(world: World) -> list[BaseException]:
    """Provoke every kind of refusal with values that must not be told."""
    who = await world.person()
    text_row = {
        "text_hash": bytes(32),
        "text": CANARY,
        "text_version": "1",
        "language": "en",
        "first_shown_at_ms": 1,
    }
    same = SealedBytes(CANARY.encode())
    person_row = {
        "person_id": bytes(16),
        "page_id": PAGE,
        "lookup": who.lookup,
        "psid": same,
        "window_ends_at_ms": 1,
        "erase_due_at_ms": 1,
        "created_at_ms": 1,
    }
    statements: list[tuple[sa.Executable, dict[str, Any]]] = [
        (texts.insert(), text_row | {"text_version": None}),
        (texts.insert(), text_row | {"first_shown_at_ms": CANARY * 30}),
        (people.insert(), person_row),
        (people.insert(), person_row | {"psid": CANARY.encode()}),
        (sa.text("INSERT INTO nowhere VALUES (:value)"), {"value": CANARY}),
    ]
    caught: list[BaseException] = []
    for statement, row in statements:
        try:
            async with world.store.write() as tx:
                await tx.execute(statement, row)
        except (StorageError, StatementError) as trouble:
            caught.append(trouble)
    return caught


async def test_no_error_tells_what_was_to_be_kept(world: World) -> None:
    """No text of an error, its causes included, holds a value: not even PostgreSQL's details."""
    caught = await trouble_with_values(world)
    assert len(caught) >= 4
    for trouble in caught:
        told = "".join(traceback.format_exception(trouble)) + repr(trouble)
        assert "canary" not in told
        assert CANARY.encode().hex() not in told


async def test_a_collision_is_a_refusal(world: World) -> None:
    """A row that collides is refused, with the driver's class and code, and the rest works on."""
    made = await world.store.keyring.create([PersonId(bytes(16))], now_ms=NOON_MS)
    assert len(made) == 1
    with pytest.raises(StorageRefused, match=r"cause=\w+, code=\w+") as refused:
        await world.store.keyring.create([PersonId(bytes(16))], now_ms=NOON_MS)
    assert refused.value.cause.endswith(("IntegrityError", "UniqueViolationError"))


async def test_a_transaction_that_fails_leaves_no_trace(world: World) -> None:
    """What happens inside one write happens together or not at all."""
    who = await world.person()
    with pytest.raises(LookupError):
        await _write_and_fail(world, who.lookup)
    assert (await world.row_of(who)).muted_until_ms == 0


async def _write_and_fail(world: World, lookup: bytes) -> None:
    async with world.store.write() as tx:
        await world.store.people.mute(tx, lookup, NOON_MS)
        raise LookupError


@pytest.mark.parametrize("is_quick", [False, True])
async def test_a_cancelled_write_holds_nothing_up(world: World, *, is_quick: bool) -> None:
    """Whenever a write is cancelled, nothing of it stays and the next one goes on."""
    who = await world.person()
    for turns in range(12):
        task = asyncio.create_task(_mute_for_ever(world, who.lookup, is_quick=is_quick))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(10):
            await world.person()
    assert (await world.row_of(who)).muted_until_ms == 0


async def _mute_for_ever(world: World, lookup: bytes, *, is_quick: bool) -> None:
    async with world.store.write(is_quick=is_quick) as tx:
        await world.store.people.mute(tx, lookup, NOON_MS)
        await asyncio.Event().wait()


async def test_plain_values_are_refused_by_sealed_columns(world: World) -> None:
    """Bytes or text that nobody sealed can't be written, by mistake or otherwise."""
    for plain in (b"plain", bytearray(b"plain"), "plain", 7):
        row = {
            "person_id": bytes(16),
            "page_id": PAGE,
            "lookup": bytes(32),
            "psid": plain,
            "window_ends_at_ms": 1,
            "erase_due_at_ms": 1,
            "created_at_ms": 1,
        }
        with pytest.raises(StatementError, match="only a sealed value"):
            async with world.store.write() as tx:
                await tx.execute(people.insert(), row)


async def test_writers_take_turns(world: World) -> None:
    """Many writers at once all get through, and none sees a locked database."""
    await asyncio.gather(*(world.person() for _ in range(30)))
    async with world.store.read() as tx:
        counted = (await tx.execute(sa.select(sa.func.count()).select_from(people))).scalar()
    assert counted == 30


def test_values_do_not_show_what_they_hold() -> None:
    """A record printed by mistake tells ids and times, and no key, PSID or text."""
    new = NewPerson(
        person_id=PersonId(bytes(16)),
        page_id=PAGE,
        lookup=bytes(32),
        key=CANARY.encode(),
        psid=CANARY,
        window_ends_at_ms=1,
        erase_due_at_ms=1,
        created_at_ms=1,
    )
    assert "canary" not in repr(new)
