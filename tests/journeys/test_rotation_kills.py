"""`kill -9` during a rotation, beside a running bot: everybody stays readable, nothing is old."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from storage import Store
from storage.db.tables import day_keys, person_keys
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.process import Process, write_config
from tests.storage.make import DAY_MS, Known, World
from tests.storage.test_backup import readable

pytestmark = pytest.mark.long

_PEOPLE = 1000


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


async def _command(config: Path, *words: str) -> asyncio.subprocess.Process:
    """Start a command as a process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "--config", str(config), *words),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    )


def _store(databases: Databases) -> Store:
    provider = FileSecrets(databases.folder / "keys" / "keys.secret")
    tombstones = databases.folder / "keys" / "tombstones"
    return Store(databases.url, databases.keys_url, provider.load(), tombstones=tombstones)


async def _people(store: Store) -> list[Known]:
    """Put people into the store whom the running bot does not sweep before the test is over."""
    world, now_ms = World(store), SystemClock().now_ms()
    return [
        await world.person(erase_due_at_ms=now_ms + DAY_MS, created_at_ms=now_ms)
        for _ in range(_PEOPLE)
    ]


async def _keys_by_epoch(store: Store) -> Counter[int]:
    """Count how many keys are wrapped under which epoch."""
    counted: Counter[int] = Counter()
    async with store.keyring.database.read() as tx:
        for table in (person_keys, day_keys):
            by_epoch = sa.select(table.c.epoch, sa.func.count()).group_by(table.c.epoch)
            for epoch, count in await tx.execute(by_epoch):
                counted[epoch] += count
    return counted


async def _kill_one(config: Path, store: Store, *, after_s: float) -> bool:
    """Kill a rotation soon after it changed the first keys; tell whether it was half way."""
    before = await _keys_by_epoch(store)
    rotation = await _command(config, "keys", "rotate")
    while rotation.returncode is None and await _keys_by_epoch(store) == before:  # noqa: ASYNC110 - another process is at it
        await asyncio.sleep(0.005)
    await asyncio.sleep(after_s)
    if rotation.returncode is None:
        rotation.send_signal(signal.SIGKILL)
    await rotation.wait()
    return len(await _keys_by_epoch(store)) > 1


async def _end(config: Path) -> None:
    """Rotate until nothing is left; on PostgreSQL the bot has to have read the new secret."""
    async with asyncio.timeout(PATIENCE_S):
        while await (await _command(config, "keys", "rotate")).wait():  # noqa: ASYNC110 - another process is at it
            await asyncio.sleep(0.5)


async def _kill_rotations(databases: Databases, kills: int) -> int:
    """Rotate and kill, beside a bot that answers; return how often it was half way."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, port, caught = random.Random(seed), free_port(), 0
    async with messenger_for(port, SystemClock()) as simulator:
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        store = _store(databases)
        await store.prepare()
        everybody = await _people(store)
        process = Process(config)
        await process.start()
        for _ in range(kills):
            caught += await _kill_one(config, store, after_s=chance.uniform(0, 0.05))
            os.kill(process.pid, signal.SIGHUP)  # it reads the secrets again
            psid = simulator.add_person(PAGE)  # one person would be asked to slow down
            assert (await simulator.say(psid, "help")).is_acknowledged
            await simulator.wait_for(
                lambda _, psid=psid: History.of(simulator, psid).answers >= 1, psid
            )
        await _end(config)
        assert len(await _keys_by_epoch(store)) == 1
        await store.close()
        assert await process.terminate() == 0
        assert not process.actions("person.swept")
    store = _store(databases)
    assert all([await readable(World(store), who) for who in everybody])
    await store.close()
    print("caught", caught)
    return caught


async def test_kills_during_rotations_lose_nobody(either: Databases) -> None:
    """After 5 kills everybody can be read, nothing is under an old epoch, the bot went on."""
    await _kill_rotations(either, 5)


@pytest.mark.soak
async def test_200_kills_during_rotations_lose_nobody(either: Databases) -> None:
    """The same over 200 kills; many of them met a rotation half way."""
    assert await _kill_rotations(either, 200) >= 20
