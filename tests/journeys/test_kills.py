"""`kill -9` at any moment: nothing that was acknowledged is lost, and repeats are bounded."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.simulator import Posted, Simulator
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long

#: At once.
_PEOPLE = 8
#: Of each: within what one person is answered in a minute.
_MESSAGES = 25


async def _chatter(simulator: Simulator, stop: asyncio.Event) -> dict[str, list[Posted]]:
    """Let one after the other ask for help, each time when the one before was acknowledged."""
    asked: dict[str, list[Posted]] = {}
    while not stop.is_set():
        psid = simulator.add_person(PAGE)
        asked[psid] = [await simulator.say(psid, "Hello")]
        while not stop.is_set() and len(asked[psid]) < _MESSAGES:
            asked[psid].append(await simulator.say(psid, "help"))
    return asked


async def _all_answered(simulator: Simulator, asked: dict[str, list[Posted]]) -> None:
    for psid, posted in asked.items():
        await _answered(simulator, psid, len(posted))


async def _answered(simulator: Simulator, psid: str, count: int) -> None:
    await simulator.wait_for(
        lambda _: History.of(simulator, psid).answers >= count, psid, timeout_s=PATIENCE_S
    )


async def _kill_under_traffic(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    port = free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        config = write_config(Databases.sqlite(folder), graph_url=simulator.graph_url, port=port)
        process = Process(config)
        await process.start()
        stop = asyncio.Event()
        tasks = [asyncio.create_task(_chatter(simulator, stop)) for _ in range(_PEOPLE)]
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.02, 0.5))  # traffic flows meanwhile
            await process.kill()
            await process.start()
        stop.set()
        asked = {psid: posted for task in tasks for psid, posted in (await task).items()}
        assert all(one.is_acknowledged for posted in asked.values() for one in posted)
        await _all_answered(simulator, asked)
        repeated = sum(line["count"] for line in process.actions("message.repeated"))
        assert await process.terminate() == 0
        for psid, posted in asked.items():
            assert History.of(simulator, psid).answers == len(posted)
        assert History.of(simulator).repeats <= repeated


async def test_25_kills_lose_nothing_and_repeat_only_what_is_counted(tmp_path: Path) -> None:
    """After 25 kills every acknowledged event was answered, and every repeat was counted."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_under_traffic(tmp_path, 25, seed)


@pytest.mark.soak
async def test_200_kills_lose_nothing_and_repeat_only_what_is_counted(tmp_path: Path) -> None:
    """The same over 200 kills."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_under_traffic(tmp_path, 200, seed)
