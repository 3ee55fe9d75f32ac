"""Two processes on one PostgreSQL: each event once, in order, and nothing lost when one dies."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

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
_PEOPLE = 12
#: Of each: within what one person is answered in a minute.
_MESSAGES = 25
_WORDS = ("help", "menu", "language", "cancel")


async def _chatter(
    simulator: Simulator, webhooks: Iterator[str], stop: asyncio.Event
) -> dict[str, list[Posted]]:
    """Let one after the other talk, each time through the next node."""
    asked: dict[str, list[Posted]] = {}
    while not stop.is_set():
        psid = simulator.add_person(PAGE)
        asked[psid] = []
        words = itertools.chain(["Hello"], itertools.cycle(_WORDS))
        for word in itertools.islice(words, _MESSAGES):
            if not stop.is_set():
                simulator.postman.webhook_url = next(webhooks)
            asked[psid].append(await simulator.say(psid, word))
    return asked


async def _answered(simulator: Simulator, psid: str, count: int) -> None:
    await simulator.wait_for(
        lambda _: History.of(simulator, psid).answers >= count, psid, timeout_s=PATIENCE_S
    )


def _heard(simulator: Simulator, psid: str) -> list[str]:
    """Return what a person heard, in the order in which it came, without repeats."""
    seen: set[str] = set()
    heard = []
    for sent in simulator.received:
        if sent.psid == psid and sent.metadata not in seen:
            seen.add(sent.metadata or "")
            heard.append(sent.text)
    return heard


def _beginning(heard: Iterable[list[str]]) -> tuple[str, ...]:
    """Return what nearly everybody hears first: a greeting, then an answer to each word."""
    beginnings = Counter(tuple(texts[: 1 + len(_WORDS)]) for texts in heard)
    ((usual, _),) = beginnings.most_common(1)
    assert len(set(usual[1:])) == len(_WORDS)
    return usual


def _expected(usual: tuple[str, ...], count: int) -> list[str]:
    """Return what must be heard: the greeting, then the same answers over and over."""
    cycle = itertools.cycle(usual[1:])
    return list(itertools.islice(itertools.chain(usual[:1], cycle), count))


async def test_two_nodes_share_the_work_and_one_dies(postgres_databases: Databases) -> None:
    """With one of two nodes killed under traffic nothing is lost, doubled or disordered."""
    ports = [free_port(), free_port()]
    webhooks = [f"http://127.0.0.1:{port}/webhook" for port in ports]
    async with messenger_for(ports[0], SystemClock()) as simulator:
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
        for node in nodes:
            await node.start()
        stop = asyncio.Event()
        split = itertools.cycle(webhooks)
        tasks = [asyncio.create_task(_chatter(simulator, split, stop)) for _ in range(_PEOPLE)]
        await asyncio.wait(tasks, timeout=2)  # both work
        await nodes[0].kill()
        await asyncio.wait(tasks, timeout=2)  # one works alone
        stop.set()
        simulator.postman.webhook_url = webhooks[1]
        asked = {psid: posted for task in tasks for psid, posted in (await task).items()}
        assert all(one.is_acknowledged for posted in asked.values() for one in posted)
        for psid, posted in asked.items():
            await _answered(simulator, psid, len(posted))
        repeated = sum(line["count"] for line in nodes[1].actions("message.repeated"))
        assert await nodes[1].terminate() == 0
    heard = {psid: _heard(simulator, psid) for psid in asked}
    # Of one person it may be what was in doubt, and out of its place.
    usual = _beginning(heard.values())
    for psid, posted in asked.items():
        # CANCEL is answered by what came before it, so a wrong order would show in the words.
        assert Counter(heard[psid]) == Counter(_expected(usual, len(posted)))
    late = [psid for psid, texts in heard.items() if texts != _expected(usual, len(texts))]
    assert len(late) <= repeated  # only what was in doubt may arrive out of its place
    assert History.of(simulator).repeats <= repeated
