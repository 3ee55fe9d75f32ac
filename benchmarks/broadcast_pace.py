"""How evenly broadcasts leave a whole bot, and how soon webhooks are acknowledged meanwhile.

The bot is a process of its own, as it is served, and every Page has a broadcast at the default
pace. Every message comes back as an echo, and other people write at a steady rate.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Final

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.broadcasts import WRITTEN
from benchmarks.evenness import evenness
from benchmarks.filled import fill_with_readers
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.latency import p99_of, steady
from benchmarks.meta_app import PAGES, page_of
from benchmarks.posting import poster
from benchmarks.results import Result, below
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS
from bot.broadcasts.desk import desk_of
from bot.clock import SystemClock
from bot.commands.databases import opened
from bot.settings import Settings, load_settings

_PER_PAGE: Final = 35
#: From here on Meta slows a Page's inbox.
_BRAKE_PER_S: Final = 40
_PACED_PER_S: Final = _PER_PAGE * len(PAGES)
_FIRST_S: Final = 2.0
_ACK_MS: Final = 50
#: So many people write each second while the broadcast is on its way.
_WRITERS_PER_S: Final = 100
_FIRST_WRITER: Final = 7_000_000_000_000_000
_OVER_S: Final = 120


async def measure(scale: Scale) -> list[Result]:
    """Measure the mean, the fullest second, the first message, and the acks meanwhile."""
    people = scale.broadcast_to
    async with (
        programs.new_folder() as folder,
        graph_stub() as stub,
        programs.bot(stub.url, folder=folder) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        settings = load_settings(folder / "config.toml")
        async with opened(settings) as store:
            await fill_with_readers(store, [str(number) for number in range(people)])
        quiet = await steady(load, _writers(people, _FIRST_WRITER), per_s=_WRITERS_PER_S)
        run = asyncio.create_task(_broadcast(stub, settings, people))
        waits = await steady(load, _writers(people, 2 * _FIRST_WRITER), per_s=_WRITERS_PER_S)
        first_s, times_s = await run
    return _told(first_s, times_s, waits, quiet)


async def _broadcast(
    stub: GraphStub, settings: Settings, people: int
) -> tuple[float, dict[str, list[float]]]:
    """Let all begin; return how long the first message took, and when each came."""
    times_s: dict[str, list[float]] = {page_id: [] for page_id in PAGES}
    is_over = asyncio.Event()

    def note(psid: str) -> None:
        if int(psid) < people:
            times_s[page_of(psid)].append(perf_counter())
            if sum(map(len, times_s.values())) == people:
                is_over.set()

    stub.on_message = note
    clock = SystemClock()
    async with opened(settings) as store:
        desk = desk_of(settings, store)
        for page_id in PAGES:
            written = replace(WRITTEN, page_id=page_id)
            number = await desk.draft(written, now_ms=clock.now_ms())
            await desk.schedule(number, written.schedule, now_ms=clock.now_ms())
    began_s = perf_counter()
    await asyncio.wait_for(is_over.wait(), _OVER_S + people / _PACED_PER_S)
    return min(one[0] for one in times_s.values()) - began_s, times_s


def _told(
    first_s: float,
    times_s: Mapping[str, Sequence[float]],
    waits: Sequence[float],
    quiet: Sequence[float],
) -> list[Result]:
    name = f"broadcasts of {len(PAGES)} Pages, {_PACED_PER_S}/s in all"
    load = f"{_WRITERS_PER_S} messages/s, beside a quiet bot"
    return [
        *evenness(name, list(times_s.values()), per_s=_PER_PAGE, ceiling_per_s=_BRAKE_PER_S),
        below(f"{name}: first message after", first_s, most=_FIRST_S, unit="s"),
        below(
            f"{name}: ack p99, {load}",
            p99_of(waits),
            most=_ACK_MS,
            unit="ms",
            baseline=p99_of(quiet),
        ),
    ]


def _writers(people: int, first: int) -> list[bytes]:
    """Return messages of new people for as long as the broadcasts take."""
    count = int(people / _PACED_PER_S * _WRITERS_PER_S)
    return [message(str(first + number), "hello") for number in range(count)]
