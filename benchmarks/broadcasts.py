"""Broadcasts: how fast they leave, and how evenly.

The broadcaster, the sender and the outcomes of the bot run in this process on SQLite, against a
Graph API that answers at once; the baseline is a bare aiohttp client that keeps nothing. Where
echoes come back, this process makes and signs them, too, and takes them in at the webhook of the
bot: only ours pays for that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

from aiohttp import web

from benchmarks.deployment import prepare
from benchmarks.evenness import evenness
from benchmarks.filled import FAR_MS, fill_with_readers, opened
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.meta_app import APP_ID, APP_SECRET, PAGES
from benchmarks.posting import HOST, poster
from benchmarks.programs import new_folder
from benchmarks.results import Result, at_least, say
from benchmarks.scale import Scale
from benchmarks.traffic import ECHO_CONNECTIONS
from bot.broadcasts.acts import Draft
from bot.broadcasts.broadcaster import Broadcaster
from bot.broadcasts.desk import Desk, desk_of
from bot.broadcasts.leave import Leave
from bot.broadcasts.printing import Printer
from bot.broadcasts.schedule import Schedule
from bot.clock import SystemClock
from bot.commands.process import settle_memory
from bot.inbound.deadline import listen, runner_of
from bot.inbound.intake import Intake
from bot.inbound.keeping import Keeping
from bot.inbound.webhook import Door, routes
from bot.metrics import Metrics
from bot.outbound.broadcast_turn import BroadcastTurn
from bot.outbound.graph import open_session
from bot.outbound.lines import graphs
from bot.outbound.messenger import Messenger
from bot.outbound.outcomes import Outcomes
from bot.outbound.pacing import Pace
from bot.outbound.sender import Sender
from bot.settings import load_settings
from storage import StorageError, Store, Transaction
from tests.kit.publishing import publish

if TYPE_CHECKING:
    from bot.serving import Part

_PAGE: Final = PAGES[0]
_NODE: Final = "bench"
_GOAL: Final = 0.25
_PACED_PER_S: Final = 280
#: Meta's, for one Page.
_CEILING_PER_S: Final = 300
_UNTHROTTLED_PER_S: Final = 1_000_000
_AT_ONCE: Final = 1_000
_CALLS: Final = 100
#: Meta brings up to a thousand events in one request; that few are modest.
_ECHOES_AT_ONCE: Final = 50
#: So often the bot's scheduler calls the broadcaster.
_TICK_S: Final = 0.5
#: Marketing, for everybody who agreed to the news.
WRITTEN: Final = Draft(
    page_id=_PAGE,
    purpose_id="news",
    title="Measured",
    texts={"en": "The fair is on Sunday."},
    made_by="bench",
    schedule=Schedule(is_urgent=True),
)


@dataclass(frozen=True, slots=True)
class Half:
    """The half of the bot that sends broadcasts."""

    store: Store
    desk: Desk
    broadcaster: Broadcaster
    clock: SystemClock

    async def begin(self) -> int:
        """Let a broadcast begin; return its number."""
        number = await self.desk.draft(WRITTEN, now_ms=self.clock.now_ms())
        await self.desk.schedule(number, WRITTEN.schedule, now_ms=self.clock.now_ms())
        return number

    async def is_listed(self) -> bool:
        """Tell whether the list of the first broadcast was made, to its end."""
        async with self.store.read() as tx:
            runs = await self.store.runs.list_of(tx, 1)
        return any(run.state in {"sending", "over"} for run in runs)


class EchoesRefused(Exception):
    """Echoes were not acknowledged, so a rate says nothing."""


async def measure(scale: Scale) -> list[Result]:
    """Measure rate and evenness."""
    return [
        *await _unthrottled(scale),
        *await _paced(scale.broadcast_to),
    ]


async def _unthrottled(scale: Scale) -> list[Result]:
    """Measure with and without echoes, beside a bare client; tell the medians."""
    people, bare, silent, echoed = scale.broadcast_to, [], [], []
    # The bare client first: afterwards this process collects its garbage as the bot does.
    for _ in range(scale.rounds):
        async with graph_stub() as stub:
            bare.append(people / await _bare(stub, people))
    for _ in range(scale.rounds):
        async with graph_stub() as stub:
            echoed.append(people / await _all_echoed(stub, people))
            silent.append(people / (await _sent(stub, people, per_s=_UNTHROTTLED_PER_S))[1])
    rates = (", ".join(f"{one:.0f}" for one in some) for some in (bare, silent, echoed))
    say("  broadcast/s: a bare client {}; without echoes {}; with echoes {}".format(*rates))
    name, least = "broadcast, unthrottled, beside a bare client", median(bare)
    return [
        at_least(f"{name}, echoes back", median(echoed), baseline=least, unit="/s", ratio=_GOAL),
        at_least(f"{name}, no echoes", median(silent), baseline=least, unit="/s", ratio=_GOAL),
    ]


async def _all_echoed(stub: GraphStub, people: int) -> float:
    """Return how long it took from the first message to the last echo's acknowledgement."""
    stub.echoes_at_once = _ECHOES_AT_ONCE
    times_s, _ = await _sent(stub, people, per_s=_UNTHROTTLED_PER_S, echoes_back=True)
    if stub.echoes_refused:
        raise EchoesRefused(stub.echoes_refused)
    return stub.echoed_at_s - times_s[0]


async def _paced(people: int) -> list[Result]:
    async with graph_stub() as stub:
        times_s, _ = await _sent(stub, people, per_s=_PACED_PER_S)
    name = f"broadcast on one Page at {_PACED_PER_S}/s"
    return evenness(name, [times_s], per_s=_PACED_PER_S, ceiling_per_s=_CEILING_PER_S)


async def _sent(
    stub: GraphStub, people: int, *, per_s: int, echoes_back: bool = False
) -> tuple[list[float], float]:
    """Return when each message came, and how long it took from the first to the last."""
    times_s: list[float] = []
    settle_memory()
    stub.on_message = lambda _: times_s.append(perf_counter())
    async with half_of(stub, people, per_s=per_s, sends=True, echoes_back=echoes_back) as half:
        await half.begin()
        while len(times_s) < people:
            await half.broadcaster.go_on()
            await asyncio.sleep(_TICK_S)
        await stub.quiet()
    stub.on_message = stub.echoes = None
    return times_s, times_s[-1] - times_s[0]


async def _bare(stub: GraphStub, people: int) -> float:
    """Post as many messages as fast as a client alone can; return the seconds."""
    content = {"recipient": {"id": "1"}, "message": {"text": "The fair is on Sunday."}}
    gate = asyncio.Semaphore(_CALLS)

    async with open_session() as session:

        async def post() -> None:
            async with gate, session.post(f"{stub.url}/v26.0/1/messages", json=content) as answer:
                await answer.read()

        began_s = perf_counter()
        await asyncio.gather(*(post() for _ in range(people)))
        return perf_counter() - began_s


@asynccontextmanager
async def half_of(
    stub: GraphStub, people: int, *, per_s: int, sends: bool, echoes_back: bool = False
) -> AsyncIterator[Half]:
    """Wire it, with so many people who agreed to the news."""
    async with AsyncExitStack() as stack:
        folder = await stack.enter_async_context(new_folder())
        settings = load_settings(prepare(folder, graph_url=stub.url).config)
        store = await stack.enter_async_context(opened(folder))
        await publish(store, "news")
        await fill_with_readers(store, [str(len(PAGES) * number) for number in range(people)])
        clock, bell = SystemClock(), asyncio.Event()
        session = await stack.enter_async_context(open_session())
        lines = graphs(settings, session)
        outcomes = Outcomes(store, clock, Metrics(), node=_NODE, wake_sender=bell.set)
        sender = Sender(
            store,
            clock,
            Pace(store, clock, per_s=per_s),
            outcomes,
            BroadcastTurn(Pace(store, clock, per_s=per_s, of="broadcasts"), {}),
            bell=bell,
            node=_NODE,
            messengers={page_id: Messenger(line) for page_id, line in lines.items()},
            orders={},
        )
        broadcaster = Broadcaster(
            store,
            clock,
            Printer(settings, store),
            Leave(store, settings.pace.two_admins_above),
            per_s=min(per_s, _AT_ONCE),
            sends_mail=False,
            wake_sender=sender.wake_for_broadcasts,
            tell=_tell_nobody,
            upload_picture=_no_picture,
        )
        parts: tuple[Part, ...] = (sender, outcomes) if sends else ()
        if echoes_back:
            intake, port = await _webhook(stack, store, clock, outcomes)
            stub.echoes = await stack.enter_async_context(poster(port, ECHO_CONNECTIONS))
            parts = (intake, *parts)
        tasks = [asyncio.create_task(part.run()) for part in parts]
        yield Half(store, desk_of(settings, store), broadcaster, clock)
        for part, task in zip(parts, tasks, strict=True):
            part.stop()
            await task


async def _none_ended() -> frozenset[str]:
    return frozenset()


async def _webhook(
    stack: AsyncExitStack, store: Store, clock: SystemClock, outcomes: Outcomes
) -> tuple[Intake, int]:
    """Serve the bot's webhook; return what takes in, and where."""
    metrics = Metrics()
    keeping = Keeping(
        store,
        clock,
        metrics,
        app_id=APP_ID,
        pages=PAGES,
        stranger_ms=FAR_MS,
        list_ended=_none_ended,
        arrived=outcomes.arrived,
    )
    intake = Intake(keeping.keep, metrics, wake=lambda: None)
    door = Door(
        app_secrets=lambda: [APP_SECRET.encode()],
        verify_tokens=list,
        keep=intake.keep,
        not_kept=StorageError,
        metrics=metrics,
    )
    app = web.Application()
    app.add_routes(routes(door))
    runner = runner_of(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    server = await listen(runner, host=HOST, port=0)
    stack.callback(server.close)
    return intake, server.sockets[0].getsockname()[1]


async def _tell_nobody(_tx: Transaction, _number: int, _what: str) -> None:
    """Leave the admins out."""


async def _no_picture(_page_id: str, _url: str) -> str:
    msg = "what is measured has no picture"
    raise AssertionError(msg)
