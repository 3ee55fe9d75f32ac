"""How soon MY DATA is answered while others write too.

Every fifth message of a steady stream asks for it. The wait counts from the time at which the
request should have left until the first page of the answer has reached the Graph API.
"""

from collections.abc import Sequence
from statistics import median
from time import perf_counter

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import graph_stub
from benchmarks.latency import p50_of, p99_of, steady
from benchmarks.posting import poster
from benchmarks.results import Result, below, beside, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, introduce

EVENTS_PER_S = 100
_EVERY = 5
_GOAL_MS = 250


async def measure(scale: Scale) -> list[Result]:
    """Ask in the middle of a stream, and for comparison ask the same stream for the menu only."""
    asked: list[list[float]] = []
    plain: list[list[float]] = []
    for _ in range(scale.rounds):
        plain.append(await _round(scale, "menu"))
        asked.append(await _round(scale, "my data"))
    worst = ", ".join(f"{p99_of(waits):.1f}" for waits in asked)
    say(f"  first answer p99 in each round: {worst} ms")
    name = f"first answer to MY DATA, {EVENTS_PER_S} messages/s"
    p50, plain_p50 = (median(map(p50_of, rounds)) for rounds in (asked, plain))
    p99, plain_p99 = (median(map(p99_of, rounds)) for rounds in (asked, plain))
    return [
        beside(f"{name}, p50", p50, unit="ms", baseline=plain_p50),
        below(f"{name}, p99", p99, most=_GOAL_MS, unit="ms", baseline=plain_p99),
    ]


async def _round(scale: Scale, text: str) -> list[float]:
    """Return how long each of those waited who asked, in milliseconds."""
    crowd = Crowd()
    size = int(EVENTS_PER_S * scale.steady_s)
    async with (
        graph_stub() as stub,
        programs.bot(stub.url) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, size)
        answered_at_s: dict[str, float] = {}
        stub.on_message = lambda psid: answered_at_s.setdefault(psid, perf_counter())
        begin_s = perf_counter()
        await steady(load, _requests(crowd.known, text), per_s=EVENTS_PER_S)
        await stub.quiet()
    # Everybody writes once, so the first message that reaches them is the answer.
    return [
        (answered_at_s[psid] - begin_s - place / EVENTS_PER_S) * 1000
        for place, psid in enumerate(crowd.known)
        if place % _EVERY == 0
    ]


def _requests(people: Sequence[str], text: str) -> list[bytes]:
    return [
        message(psid, text if place % _EVERY == 0 else "help") for place, psid in enumerate(people)
    ]
