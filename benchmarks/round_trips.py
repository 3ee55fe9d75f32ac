"""Round trips per second: webhook, flow, sealed commit, Graph call, marked; and the echo taken in.

A round trip is over when the person's answer has reached the Graph API. A round is over when
everybody has one and every echo is acknowledged. The next one begins when nothing moves any more.
"""

import asyncio
from contextlib import AbstractAsyncContextManager

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.programs import Program
from benchmarks.results import Result, at_least, beside, say
from benchmarks.rounds import Round, busy, rate, spread, timed
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, burst, introduce

_GOAL = 0.25
_GOAL_BESIDE_FLASK = 1.0
_PATIENCE_S = 120


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with two echo bots that keep nothing, in turns."""
    bare: list[Round] = []
    fast: list[Round] = []
    ours: list[Round] = []
    flask: list[Round] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _round(stub, programs.bare_echo(stub.port), scale))
            fast.append(await _round(stub, programs.bare_echo(stub.port, on_uvloop=True), scale))
            ours.append(await _round(stub, programs.bot(stub.url), scale))
            if programs.has_flask():
                flask.append(await _round(stub, programs.flask_echo(stub.url), scale))
    _tell(bare, ours, flask)
    name = "the same beside a bare echo on uvloop"
    beside_fast = beside(name, rate(ours), unit="/s", baseline=rate(fast))
    return [*_results(bare, ours, flask), beside_fast]


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
        taken = await timed(
            program, scale.round_trips, lambda size: round_trips(load, stub, crowd, size)
        )
        stub.echoes = None
        return taken


async def round_trips(load: Poster, stub: GraphStub, crowd: Crowd, size: int) -> float:
    """Take so many messages of different people the whole way; return the seconds."""
    writers = crowd.writers(size)
    answered = stub.expect(psid for psid, _ in writers)
    taken = await burst(load, [message(psid, text) for psid, text in writers])
    ended_at_s = await asyncio.wait_for(answered, _PATIENCE_S)
    took_s = max(ended_at_s, taken.ended_at_s) - taken.started_at_s
    await stub.quiet()
    return took_s


def _tell(bare: list[Round], ours: list[Round], flask: list[Round]) -> None:
    beside_it = spread(flask) if flask else "skipped: flask, gunicorn not installed"
    say(f"  round trips/s: bare echo {spread(bare)}, bot {spread(ours)}, Flask echo {beside_it}")


def _results(bare: list[Round], ours: list[Round], flask: list[Round]) -> list[Result]:
    name, found = "round trips, beside a bare aiohttp echo", rate(ours)
    results = [at_least(name, found, baseline=rate(bare), unit="/s", ratio=_GOAL)]
    if flask:
        name, goal = "round trips, beside Flask and pymessenger", _GOAL_BESIDE_FLASK
        results.append(at_least(name, found, baseline=rate(flask), unit="/s", ratio=goal))
    return [*results, busy("processor time of a round trip", ours, bare)]
