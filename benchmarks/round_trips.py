"""Round trips per second: webhook, flow, sealed commit, Graph call, marked; and the echo taken in.

A round trip is over when the person's answer has reached the Graph API. A round is over when
everybody has one and every echo is acknowledged. The rate is that of the whole round.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from statistics import median

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.programs import Program
from benchmarks.results import Result, at_least, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, burst, introduce

_GOAL = 0.25
_GOAL_BESIDE_FLASK = 1.0
_PATIENCE_S = 120


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with two echo bots that keep nothing, in turns."""
    bare: list[float] = []
    ours: list[float] = []
    flask: list[float] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _rate(stub, lambda: programs.bare_echo(stub.port), scale))
            ours.append(await _rate(stub, lambda: programs.bot(stub.url), scale))
            if programs.has_flask():
                flask.append(await _rate(stub, lambda: programs.flask_echo(stub.url), scale))
            _tell(bare, ours, flask)
    return _results(bare, ours, flask)


async def _rate(
    stub: GraphStub, serve: Callable[[], AbstractAsyncContextManager[Program]], scale: Scale
) -> float:
    crowd = Crowd()
    async with (
        serve() as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, scale.known)
        rate = await round_trips(load, stub, crowd, scale.round_trips)
        await stub.quiet()
        stub.echoes = None
        return rate


async def round_trips(load: Poster, stub: GraphStub, crowd: Crowd, size: int) -> float:
    """Take so many messages of different people the whole way; return how many a second."""
    writers = crowd.writers(size)
    answered = stub.expect(psid for psid, _ in writers)
    taken = await burst(load, [message(psid, text) for psid, text in writers])
    ended_at_s = await asyncio.wait_for(answered, _PATIENCE_S)
    return size / (max(ended_at_s, taken.ended_at_s) - taken.started_at_s)


def _tell(bare: list[float], ours: list[float], flask: list[float]) -> None:
    beside = f"{flask[-1]:,.0f}" if flask else "skipped, flask and gunicorn are not installed"
    say(f"  round trips/s: bare echo {bare[-1]:,.0f}, bot {ours[-1]:,.0f}, Flask echo {beside}")


def _results(bare: list[float], ours: list[float], flask: list[float]) -> list[Result]:
    rate, unit = median(ours), "/s"
    found = [
        at_least(
            "round trips, beside a bare aiohttp echo",
            rate,
            baseline=median(bare),
            unit=unit,
            ratio=_GOAL,
        )
    ]
    if flask:
        name = "round trips, beside Flask and pymessenger, 2 workers"
        found.append(
            at_least(name, rate, baseline=median(flask), unit=unit, ratio=_GOAL_BESIDE_FLASK)
        )
    return found
