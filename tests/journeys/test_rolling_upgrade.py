"""Two versions side by side, one upgrade forward and one back: nothing is lost or asked twice."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.simulator import Message, Posted, Simulator
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.history import History
from tests.kit.newer import FLOW, VERSION, make_newer, upgrade
from tests.kit.ports import free_port
from tests.kit.postgres import PostgresServer
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long

#: At once; each makes room for the next after two rounds.
_PEOPLE = 6
_ROUNDS = 2
_HEARD_S = 40


@dataclass
class Talk:
    """Somebody who asks for news, agrees and stops, again and again."""

    simulator: Simulator
    webhooks: Iterator[str]
    psid: str
    posted: list[Posted] = field(default_factory=list)
    #: The version that asked in each round, and how often the answer had to be given.
    rounds: list[tuple[int, int]] = field(default_factory=list)

    async def go_on(self) -> None:
        """Come, and ask, agree and stop."""
        await self.says("Hello")
        for _ in range(_ROUNDS):
            await self.agrees()
            await self.says("STOP")

    async def agrees(self) -> None:
        """Ask for news, and say yes until nothing is asked any more."""
        version = _asking(await self.says("news"))
        assert version is not None
        times, asked = 0, version
        while asked:
            self.simulator.postman.webhook_url = next(self.webhooks)
            asked = _asking(await self._hears(self.simulator.tap(self.psid, "Yes")))
            times += 1
        self.rounds.append((version, times))

    async def says(self, text: str) -> Message:
        """Say something through the next node and return what is answered."""
        self.simulator.postman.webhook_url = next(self.webhooks)
        return await self._hears(self.simulator.say(self.psid, text))

    async def _hears(self, act: Awaitable[Posted]) -> Message:
        count = History.of(self.simulator, self.psid).answers + 1
        self.posted.append(await act)
        await self.simulator.wait_for(
            lambda _: History.of(self.simulator, self.psid).answers >= count,
            self.psid,
            timeout_s=_HEARD_S,
        )
        return [one for one in self.simulator.thread(self.psid) if one.from_page][-1]


def _asking(message: Message) -> int | None:
    """Return the version of the flow that asks whether news are wanted; None for no question."""
    for reply in message.quick_replies:
        name, _, rest = reply.payload.partition(":")
        if name == FLOW and reply.title == "Yes":
            return int(rest.partition(":")[0])
    return None


async def _come_and_go(
    simulator: Simulator, webhooks: Iterator[str], stop: asyncio.Event
) -> list[Talk]:
    """Let one person after the other talk."""
    talks: list[Talk] = []
    while not stop.is_set():
        talks.append(Talk(simulator, webhooks, simulator.add_person(PAGE)))
        await talks[-1].go_on()
    return talks


async def _while(tasks: list["asyncio.Task[list[Talk]]"], seconds: float) -> None:
    """Let them talk for a while."""
    done, _ = await asyncio.wait(tasks, timeout=seconds)
    for task in done:
        task.result()


@pytest.fixture
async def own_databases(
    postgres_server: PostgresServer, tmp_path: Path
) -> AsyncIterator[Databases]:
    """Two databases whose tables may be changed."""
    async with postgres_server.databases(tmp_path, is_lent_again=False) as lent:
        yield lent


async def test_two_versions_side_by_side_under_traffic(
    own_databases: Databases, tmp_path: Path
) -> None:
    """The tables are changed and nodes replaced while people talk; every answer counts once.

    Whoever the newer version asked is never handed to the older one, which would ask again.
    """
    newer, ports = make_newer(tmp_path / "newer"), [free_port(), free_port()]
    webhooks = [f"http://127.0.0.1:{port}/webhook" for port in ports]
    async with messenger_for(ports[0], SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        configs = [
            write_config(
                own_databases, graph_url=simulator.graph_url, port=port, name=f"{port}.toml"
            )
            for port in ports
        ]
        old, new = Process(configs[0]), Process(configs[1], folder=newer)
        await old.start()
        split, stop = _Split(webhooks[:1]), asyncio.Event()
        tasks = [asyncio.create_task(_come_and_go(simulator, split, stop)) for _ in range(_PEOPLE)]
        await upgrade(newer, configs[1])  # the older one serves meanwhile
        await new.start()
        split.over(webhooks)
        await _while(tasks, 2)
        split.over(webhooks[1:])
        assert await old.terminate() == 0
        await old.start()  # on tables that are newer than it is
        split.over(webhooks)
        await _while(tasks, 2)
        stop.set()
        talks = list(itertools.chain(*await asyncio.gather(*tasks)))
        split.over(webhooks[1:])
        assert await old.terminate() == 0
        await talks[-1].agrees()  # the newer one alone
        assert await new.terminate() == 0
    assert all(one.is_acknowledged for talk in talks for one in talk.posted)
    rounds = [one for talk in talks for one in talk.rounds]
    assert {version for version, _ in rounds} == {VERSION - 1, VERSION}
    assert {times for version, times in rounds if version == VERSION} == {1}


class _Split:
    """Hands requests to one node after the other, of those that are there now."""

    def __init__(self, webhooks: list[str]) -> None:
        self.over(webhooks)

    def over(self, webhooks: list[str]) -> None:
        """Use these from now on."""
        self._next = itertools.cycle(webhooks)

    def __iter__(self) -> "_Split":
        return self

    def __next__(self) -> str:
        return next(self._next)


async def test_an_upgrade_is_taken_back(databases: Databases, tmp_path: Path) -> None:
    """The older version serves on the newer one's tables; whom that one had asked is answered."""
    newer, port = make_newer(tmp_path / "newer"), free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        config = write_config(databases, graph_url=simulator.graph_url, port=port)
        old, new = Process(config), Process(config, folder=newer)
        split = itertools.repeat(f"http://127.0.0.1:{port}/webhook")
        talk = Talk(simulator, split, simulator.add_person(PAGE))
        await old.start()
        await talk.says("Hello")
        assert await old.terminate() == 0
        await new.start()
        assert _asking(await talk.says("news")) == VERSION
        assert await new.terminate() == 0
        await old.start()
        await talk.says("Yes")
        await talk.agrees()
        assert talk.rounds[0][0] == VERSION - 1
        assert await old.terminate() == 0
    assert (databases.folder / "data" / "chatmagico.db.before-upgrade").exists()
