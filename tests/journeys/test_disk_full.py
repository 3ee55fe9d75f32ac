"""A disk that is full at any write: nothing is acknowledged that is not kept, and nobody is lost.

The running bot may not let its files grow, which SQLite meets as a write that fails.
"""

import asyncio
import random
import resource
import sqlite3
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.simulator import Simulator
from tests.journeys.test_broadcast_kills import begun, beside, reached, received, settled
from tests.kit.broadcast_history import judge
from tests.kit.broadcasting import readers
from tests.kit.deployment import Databases, free_port, messenger_for
from tests.kit.patience import PATIENCE_S
from tests.kit.process import TIRELESS_S, Process, write_config

_CLOCK = SystemClock()
_AUDIENCE = 300
_FULL = 503

pytestmark = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="only Linux lets another process be limited"
)


def _may_write_up_to(process: Process, size_bytes: int) -> None:
    """Let a process write no file beyond so many bytes, from now on."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


def _has_room(process: Process) -> None:
    _may_write_up_to(process, resource.RLIM_INFINITY)


def _log_bytes(databases: Databases) -> int:
    """Return how large the write-ahead log of the main database is."""
    return sum(one.stat().st_size for one in databases.folder.rglob("*chatmagico*-wal"))


def _is_sound(databases: Databases) -> bool:
    found = []
    for path in databases.folder.rglob("*.db"):
        raw = sqlite3.connect(path)
        found.append(raw.execute("PRAGMA integrity_check").fetchone()[0])
        raw.close()
    return bool(found) and set(found) == {"ok"}


async def _was_answered(simulator: Simulator, psid: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not any(sent.psid == psid for sent in simulator.received):  # noqa: ASYNC110 - of anybody's, so there is no event
            await asyncio.sleep(0.02)


async def test_a_full_disk_loses_nobody_and_sends_nothing_twice(tmp_path: Path) -> None:
    """Full at 20 moments of a run, the bot lives on and goes on; whoever wrote is answered."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, databases, port = random.Random(seed), Databases.sqlite(tmp_path), free_port()
    async with messenger_for(port, _CLOCK) as simulator, asyncio.TaskGroup() as writing:
        simulator.postman.retry_delays_s = TIRELESS_S
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        await process.start()
        pid = process.pid
        try:
            async with beside(databases, simulator) as (store, desk):
                people = await readers(store, simulator, _AUDIENCE, now_ms=_CLOCK.now_ms())
                number = await begun(desk)
                await reached(simulator, 5)
                writers = [simulator.add_person() for _ in range(20)]
                for psid in writers:
                    _may_write_up_to(process, chance.randint(0, max(1, _log_bytes(databases))))
                    writing.create_task(simulator.say(psid, "hello"))
                    await asyncio.sleep(chance.uniform(0.02, 0.4))  # a run goes on meanwhile
                    _has_room(process)
                    await asyncio.sleep(chance.uniform(0.02, 0.2))
                for psid in writers:
                    await _was_answered(simulator, psid)
                judge(await settled(desk, number, store), received(simulator, people), people)
            assert process.pid == pid
            assert await process.terminate() == 0
        finally:
            await process.kill()
    assert _is_sound(databases)


async def test_a_full_disk_acknowledges_nothing(tmp_path: Path) -> None:
    """What can't be kept is answered 503, the log says why, and with room it is taken in."""
    databases, port = Databases.sqlite(tmp_path), free_port()
    async with messenger_for(port, _CLOCK) as simulator:
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        await process.start()
        try:
            psid = simulator.add_person()
            event = simulator.text_event(psid, "hello")
            _may_write_up_to(process, 0)
            assert await simulator.post([event]) == _FULL
            assert not any(sent.psid == psid for sent in simulator.received)
            _has_room(process)
            assert await simulator.post([event]) == 200
            await _was_answered(simulator, psid)
        finally:
            await process.kill()
    reasons = [str(told.get("reason")) for told in process.actions("database.failed")]
    assert any(one.startswith(("SQLITE_IOERR", "SQLITE_FULL")) for one in reasons)
