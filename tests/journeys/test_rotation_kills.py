"""`kill -9` during a rotation, beside a running bot: everybody stays readable, nothing is old."""

import asyncio
import os
import random
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import SystemClock
from storage import Store
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import PAGE, Databases, free_port, messenger_for
from tests.kit.history import History
from tests.kit.process import Process, write_config
from tests.storage.make import DAY_MS, World
from tests.storage.test_backup import readable

_PEOPLE = 400


async def _command(config: Path, *words: str) -> asyncio.subprocess.Process:
    """Start a command as a process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "--config", str(config), *words),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    )


def _epochs(folder: Path) -> set[int]:
    with closing(sqlite3.connect(f"file:{folder}/keys/keys.db?mode=ro", uri=True)) as keys:
        found = keys.execute("SELECT epoch FROM person_keys UNION SELECT epoch FROM day_keys")
        return {row[0] for row in found.fetchall()}


def _store(databases: Databases) -> Store:
    provider = FileSecrets(databases.folder / "keys" / "keys.secret")
    tombstones = databases.folder / "keys" / "tombstones"
    return Store(databases.url, databases.keys_url, provider.load(), tombstones=tombstones)


async def _kill_rotations(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    port, databases = free_port(), Databases.sqlite(folder)
    async with messenger_for(port, SystemClock()) as simulator:
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        store = _store(databases)
        await store.prepare()
        # The process goes by the real clock, and its sweeper keeps nobody whose time is over.
        stay_ms = SystemClock().now_ms() + DAY_MS
        makes = World(store)
        everybody = [await makes.person(erase_due_at_ms=stay_ms) for _ in range(_PEOPLE)]
        await store.close()
        process = Process(config)
        await process.start()
        psid = simulator.add_person(PAGE)
        for _ in range(kills):
            rotation = await _command(config, "keys", "rotate")
            await asyncio.sleep(chance.uniform(0.3, 1.2))  # it starts, and gets some way
            if rotation.returncode is None:
                rotation.send_signal(signal.SIGKILL)
            await rotation.wait()
            count = History.of(simulator, psid).answers + 1
            assert (await simulator.say(psid, "help")).is_acknowledged
            await simulator.wait_for(
                lambda _, count=count: History.of(simulator, psid).answers >= count, psid
            )
        assert await (await _command(config, "keys", "rotate")).wait() == 0
        assert len(_epochs(folder)) == 1
        assert await process.terminate() == 0
    store = _store(databases)
    assert all([await readable(World(store), who) for who in everybody])
    await store.close()


async def test_kills_during_rotations_lose_nobody(tmp_path: Path) -> None:
    """After 5 kills everybody can be read, nothing is under an old epoch, the bot went on."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_rotations(tmp_path, 5, seed)


@pytest.mark.soak
async def test_200_kills_during_rotations_lose_nobody(tmp_path: Path) -> None:
    """The same over 200 kills."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_rotations(tmp_path, 200, seed)
