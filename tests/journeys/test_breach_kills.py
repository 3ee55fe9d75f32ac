"""`kill -9` while people are told of a breach: nobody is skipped, and repeats are counted."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.breaches.desk import BreachDesk
from bot.clock import SystemClock
from bot.settings import Settings
from bot.simulator import Simulator
from storage import Store
from tests.bot.outbound.sending import second_store
from tests.kit.breaches import AUTHOR, HAPPENED, entered
from tests.kit.deployment import PAGE, Databases, free_port, make_settings, messenger_for
from tests.kit.history import History
from tests.kit.patience import PATIENCE_S
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long

_PEOPLE = 80
_KILLS = 3


async def _begin(settings: Settings, store: Store) -> str:
    desk, now_ms = BreachDesk(settings, store), SystemClock().now_ms()
    number = await entered(desk, now_ms=now_ms)
    async with store.write() as tx:
        await desk.tell(tx, number, pages=(PAGE,), categories=(), author=AUTHOR, now_ms=now_ms)
    return number


async def _counts(settings: Settings, store: Store, number: str) -> dict[str, int]:
    desk = BreachDesk(settings, store)
    async with store.read() as tx:
        return (await desk.reach(tx, await desk.find(tx, number))).counts


async def _answered(simulator: Simulator, psid: str) -> None:
    await simulator.wait_for(lambda _: History.of(simulator, psid).answers >= 1, psid)


async def test_kills_skip_nobody_and_repeat_only_what_is_counted(tmp_path: Path) -> None:
    """After three kills everybody has read it, and whoever read it twice was counted."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, port, databases = random.Random(seed), free_port(), Databases.sqlite(tmp_path)
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        await process.start()
        people = [simulator.add_person(PAGE) for _ in range(_PEOPLE)]
        for psid in people:
            await simulator.say(psid, "Hello")
        for psid in people:
            await _answered(simulator, psid)
        settings = make_settings(databases, graph_url=simulator.graph_url, port=port)
        store = second_store(databases)
        number = await _begin(settings, store)
        for _ in range(_KILLS):
            await asyncio.sleep(chance.uniform(0.1, 0.6))  # people are being told meanwhile
            await process.kill()
            await process.start()
        async with asyncio.timeout(PATIENCE_S):
            while await _counts(settings, store, number) != {"sent": _PEOPLE}:  # noqa: ASYNC110 - the state is in a database, not an event
                await asyncio.sleep(0.2)
        repeated = sum(line["count"] for line in process.actions("message.repeated"))
        assert await process.terminate() == 0
        await store.close()
        told = [
            sum(HAPPENED in one.text for one in simulator.thread(psid) if one.from_page)
            for psid in people
        ]
        assert min(told) == 1
        assert sum(told) - _PEOPLE <= repeated
