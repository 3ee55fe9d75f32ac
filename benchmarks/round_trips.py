"""Round trips per second: webhook, flow, sealed commit, Graph call, marked; and the echo taken in.

A round trip is over when the person's answer has reached the Graph API. A round is over when
everybody has one and every echo is acknowledged. The rate is that of the whole round.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.programs import Program
from benchmarks.results import Result, at_least, beside, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, burst, introduce

_GOAL = 0.25
_GOAL_BESIDE_FLASK = 1.0
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went."""

    per_s: float
    #: Processor time of the measured process for each message, in milliseconds. Other work on the
    #: machine disturbs it less than it disturbs the rate.
    busy_ms: float


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with two echo bots that keep nothing, in turns."""
    bare: list[Round] = []
    ours: list[Round] = []
    flask: list[Round] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _round(stub, programs.bare_echo(stub.port), scale))
            ours.append(await _round(stub, programs.bot(stub.url), scale))
            if programs.has_flask():
                flask.append(await _round(stub, programs.flask_echo(stub.url), scale))
            _tell(bare, ours, flask)
    return _results(bare, ours, flask)


async def _round(
    stub: GraphStub, serving: AbstractAsyncContextManager[Program], scale: Scale
) -> Round:
    crowd = Crowd()
    async with (
        serving as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, scale.known)
        busy_s = program.busy_s()
        per_s = await round_trips(load, stub, crowd, scale.round_trips)
        busy_s = program.busy_s() - busy_s
        await stub.quiet()
        stub.echoes = None
        return Round(per_s, busy_s * 1000 / scale.round_trips)


async def round_trips(load: Poster, stub: GraphStub, crowd: Crowd, size: int) -> float:
    """Take so many messages of different people the whole way; return how many a second."""
    writers = crowd.writers(size)
    answered = stub.expect(psid for psid, _ in writers)
    taken = await burst(load, [message(psid, text) for psid, text in writers])
    ended_at_s = await asyncio.wait_for(answered, _PATIENCE_S)
    return size / (max(ended_at_s, taken.ended_at_s) - taken.started_at_s)


def _tell(bare: list[Round], ours: list[Round], flask: list[Round]) -> None:
    beside_it = f"{flask[-1].per_s:,.0f}" if flask else "skipped: flask, gunicorn not installed"
    rates = f"bare echo {bare[-1].per_s:,.0f}, bot {ours[-1].per_s:,.0f}, Flask echo {beside_it}"
    say(f"  round trips/s: {rates}")


def _results(bare: list[Round], ours: list[Round], flask: list[Round]) -> list[Result]:
    rate, bare_rate = _rate(ours), _rate(bare)
    name = "round trips, beside a bare aiohttp echo"
    found = [at_least(name, rate, baseline=bare_rate, unit="/s", ratio=_GOAL)]
    if flask:
        name = "round trips, beside Flask and pymessenger, 2 workers"
        goal = _GOAL_BESIDE_FLASK
        found.append(at_least(name, rate, baseline=_rate(flask), unit="/s", ratio=goal))
    busy_ms, bare_ms = (median(one.busy_ms for one in rounds) for rounds in (ours, bare))
    found.append(beside("processor time of a round trip", busy_ms, unit="ms", baseline=bare_ms))
    return found


def _rate(rounds: list[Round]) -> float:
    return median(one.per_s for one in rounds)
