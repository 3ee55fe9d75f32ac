"""`kill -9` while a broadcast is on its way: marketing nobody twice, and nobody skipped in silence.

What Messenger received is the judge; what the report says is held against it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.broadcasts.desk import Desk, desk_of
from bot.broadcasts.reporting import Report
from bot.clock import SystemClock
from bot.outbound.doubt import WAIT_MS
from bot.simulator import Simulator
from storage import Store
from tests.bot.outbound.sending import second_store
from tests.kit.broadcast_history import judge
from tests.kit.broadcasting import DRAFT, NOW, Reader, readers
from tests.kit.deployment import Databases, free_port, make_settings, messenger_for
from tests.kit.patience import PATIENCE_S
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long

_CLOCK = SystemClock()


def received(simulator: Simulator, people: list[Reader]) -> Counter[str]:
    """Count how often each person got the broadcast."""
    ours = {one.psid for one in people}
    return Counter(sent.psid for sent in simulator.received if sent.psid in ours)


async def reached(simulator: Simulator, count: int) -> None:
    """Wait until Messenger received so much."""
    async with asyncio.timeout(PATIENCE_S):
        while len(simulator.received) < count:  # noqa: ASYNC110 - of anybody's, so there is no event
            await asyncio.sleep(0.02)


async def settled(desk: Desk, number: int, store: Store) -> Report:
    """Wait until nothing is to be sent any more, then let every doubt run out."""
    async with asyncio.timeout(PATIENCE_S):
        while not await _is_quiet(desk, number, store):  # noqa: ASYNC110 - it is in a database, not an event
            await asyncio.sleep(0.1)
    after_ms = _CLOCK.now_ms() + WAIT_MS["broadcast"] + 1_000
    async with store.write() as tx:
        _, _, ended = await store.outbox.decide(tx, now_ms=after_ms)
        await store.deliveries.end(tx, ended, "unknown", now_ms=after_ms)
    return await desk.report(number)


async def _is_quiet(desk: Desk, number: int, store: Store) -> bool:
    """Tell whether all that is left of a run waits for an echo."""
    report = await desk.report(number)
    waits = report.of("waiting") or not report.runs or report.runs[0].state == "making"
    async with store.read() as tx:
        backlog = await store.outbox.backlog(tx)
        owners = await store.outbox.list_owners(tx)
    return not (waits or backlog.count or owners)


async def _kill_during_a_run(folder: Path, *, kills: int, audience: int, seed: int) -> None:
    chance = random.Random(seed)
    databases, port = Databases.sqlite(folder), free_port()
    async with messenger_for(port, _CLOCK) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        process = Process(config)
        await process.start()
        try:
            async with beside(databases, simulator) as (store, desk):
                people = await readers(store, simulator, audience, now_ms=_CLOCK.now_ms())
                number = await begun(desk)
                for _ in range(kills):
                    await asyncio.sleep(chance.uniform(0.02, 0.6))  # the run goes on meanwhile
                    await process.kill()
                    await process.start()
                judge(await settled(desk, number, store), received(simulator, people), people)
        finally:
            await process.kill()


@asynccontextmanager
async def beside(databases: Databases, simulator: Simulator) -> AsyncIterator[tuple[Store, Desk]]:
    """Open the databases beside the processes that serve."""
    store = second_store(databases)
    settings = make_settings(databases, graph_url=simulator.graph_url, port=free_port())
    try:
        yield store, desk_of(settings, store)
    finally:
        await store.close()


async def begun(desk: Desk) -> int:
    """Write a broadcast and let it begin; return its number."""
    number = await desk.draft(DRAFT, now_ms=_CLOCK.now_ms())
    await desk.schedule(number, NOW, now_ms=_CLOCK.now_ms())
    return number


async def test_two_nodes_share_a_run_and_one_dies(postgres_databases: Databases) -> None:
    """With one of two nodes killed in the middle of a run the other finishes it, nobody twice."""
    ports = [free_port(), free_port()]
    async with messenger_for(ports[1], _CLOCK) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        nodes = [
            Process(
                write_config(
                    postgres_databases,
                    graph_url=simulator.graph_url,
                    port=port,
                    name=f"node-{port}.toml",
                )
            )
            for port in ports
        ]
        try:
            for node in nodes:
                await node.start()
            async with beside(postgres_databases, simulator) as (store, desk):
                people = await readers(store, simulator, 200, now_ms=_CLOCK.now_ms())
                number = await begun(desk)
                await reached(simulator, 60)
                await nodes[0].kill()
                report = await settled(desk, number, store)
                judge(report, received(simulator, people), people)
                assert len(report.runs) == 1
        finally:
            for node in nodes:
                await node.kill()


async def test_25_kills_send_nothing_twice_and_skip_nobody(tmp_path: Path) -> None:
    """After 25 kills in one run nobody got it twice, and the report adds up to the audience."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_during_a_run(tmp_path, kills=25, audience=300, seed=seed)


@pytest.mark.soak
async def test_200_kills_send_nothing_twice_and_skip_nobody(tmp_path: Path) -> None:
    """The same over 200 kills."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    await _kill_during_a_run(tmp_path, kills=200, audience=3_000, seed=seed)
