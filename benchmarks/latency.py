"""How soon a steady stream of messages is acknowledged, while each is answered and echoed.

Requests leave at fixed times whether or not earlier ones were answered, and the wait counts from
the time at which a request should have left: a server that stalls can't hide it.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from statistics import median, quantiles
from time import perf_counter

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.results import Result, below, beside, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, OK, Crowd, introduce

EVENTS_PER_S = 500
_GOAL_MS = 50
_STRAGGLERS_S = 30
#: What a refused request counts for: Meta itself gives up after five seconds.
_REFUSED_MS = 5_000.0


async def measure(scale: Scale) -> list[Result]:
    """Load a handler that keeps and echoes nothing, and the bot, in turns with the same stream."""
    bare: list[list[float]] = []
    ours: list[list[float]] = []
    for _ in range(scale.rounds):
        bare.append(await _bare(scale))
        ours.append(await _ours(scale))
    worst = ", ".join(f"{p99_of(waits):.1f}" for waits in ours)
    say(f"  ack p99 of the bot in each round: {worst} ms")
    load = f"{EVENTS_PER_S} messages/s and their echoes"
    p50, bare_p50 = (median(map(p50_of, rounds)) for rounds in (ours, bare))
    p99, bare_p99 = (median(map(p99_of, rounds)) for rounds in (ours, bare))
    return [
        beside(f"ack p50, {load}", p50, unit="ms", baseline=bare_p50),
        below(f"ack p99, {load}", p99, most=_GOAL_MS, unit="ms", baseline=bare_p99),
    ]


async def _bare(scale: Scale) -> list[float]:
    crowd = Crowd()
    crowd.known = crowd.newcomers(scale.known)
    async with programs.bare_handler() as program, poster(program.port, CONNECTIONS) as load:
        return await steady(load, _requests(crowd, scale), per_s=EVENTS_PER_S)


async def _ours(scale: Scale) -> list[float]:
    crowd = Crowd()
    async with (
        graph_stub() as stub,
        programs.bot(stub.url) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, scale.known)
        waits = await steady(load, _requests(crowd, scale), per_s=EVENTS_PER_S)
        sent_in_time = stub.messages
        await stub.quiet()
        say(f"  {stub.messages - sent_in_time} answers were still to be sent when the stream ended")
        return waits


async def steady(load: Poster, requests: Sequence[bytes], *, per_s: float) -> list[float]:
    """Post at a fixed rate; return how long each ack took, in milliseconds."""
    waits: list[float] = []
    done = asyncio.Event()

    def note(due_s: float, status: int) -> None:
        waits.append((perf_counter() - due_s) * 1000 if status == OK else _REFUSED_MS)
        if len(waits) == len(requests):
            done.set()

    begin_s = perf_counter()
    for place, request in enumerate(requests):
        due_s = begin_s + place / per_s
        if (early_s := due_s - perf_counter()) > 0:
            await asyncio.sleep(early_s)
        load.post(request, partial(note, due_s))
    await asyncio.wait_for(done.wait(), _STRAGGLERS_S)
    return waits


def _requests(crowd: Crowd, scale: Scale) -> list[bytes]:
    size = int(EVENTS_PER_S * scale.steady_s)
    return [message(psid, text) for psid, text in crowd.writers(size)]


def p50_of(waits: Sequence[float]) -> float:
    """Return what half of the waits stay below."""
    return quantiles(waits, n=2)[0]


def p99_of(waits: Sequence[float]) -> float:
    """Return what all but a hundredth of the waits stay below."""
    return quantiles(waits, n=100)[98]
