"""SIGTERM under traffic: what has begun is finished, and nothing is left in doubt."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.clock import SystemClock
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long


async def test_sigterm_under_traffic_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    """A process that is asked to end finishes its calls and marks them; none is in doubt."""
    port = free_port()
    databases = Databases.sqlite(tmp_path)
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        for _ in range(3):
            await process.start()
            people = [simulator.add_person(PAGE) for _ in range(40)]
            talk = [asyncio.create_task(simulator.say(psid, "Hello")) for psid in people]
            await asyncio.wait(talk, return_when=asyncio.FIRST_COMPLETED)
            assert await process.terminate() == 0
            with sqlite3.connect(tmp_path / "data" / "chatmagico.db") as kept:
                states = kept.execute("SELECT DISTINCT state FROM outbox").fetchall()
            assert set(states) <= {("pending",)}
            await process.start()
            assert all(one.is_acknowledged for one in await asyncio.gather(*talk))
            for psid in people:
                await simulator.wait_for(1, psid, timeout_s=20)
            assert await process.terminate() == 0
        assert History.of(simulator).repeats == 0
        assert not process.actions("message.in_doubt")
