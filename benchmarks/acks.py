"""Durable acks per second: how fast a burst is committed, while the bot also answers it."""

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.programs import Program
from benchmarks.results import Result, at_least, say
from benchmarks.rounds import Round, busy, rate, spread, timed
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, OK, Crowd, burst, introduce

_GOAL = 0.4


class Refused(Exception):
    """Requests of a burst were not acknowledged, so its rate says nothing."""


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with a handler that keeps nothing, in turns."""
    bare: list[Round] = []
    ours: list[Round] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _bare(scale))
            ours.append(await _ours(scale, stub))
    say(f"  acks/s: bare handler {spread(bare)}, bot {spread(ours)}")
    name = "durable acks, one process, SQLite"
    return [
        at_least(name, rate(ours), baseline=rate(bare), unit="/s", ratio=_GOAL),
        busy("processor time of an ack and what was answered", ours, bare),
    ]


async def _bare(scale: Scale) -> Round:
    crowd = Crowd()
    crowd.known = crowd.newcomers(scale.known)
    async with programs.bare_handler() as program, poster(program.port, CONNECTIONS) as load:
        await _take(load, crowd, scale.known)
        return await _round(program, load, crowd, scale)


async def _ours(scale: Scale, stub: GraphStub) -> Round:
    """Start with an empty folder each time, so that no round has an earlier one's backlog."""
    crowd = Crowd()
    async with (
        programs.bot(stub.url) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, scale.known)
        taken = await _round(program, load, crowd, scale)
        program.process.kill()  # the backlog is of no interest
        stub.echoes = None
        return taken


async def _round(program: Program, load: Poster, crowd: Crowd, scale: Scale) -> Round:
    return await timed(program, scale.burst, lambda size: _take(load, crowd, size))


async def _take(load: Poster, crowd: Crowd, size: int) -> float:
    """Post a burst; return how long its acks took, in seconds."""
    taken = await burst(load, [message(psid, text) for psid, text in crowd.writers(size)])
    if taken.statuses[OK] != size:
        raise Refused(dict(taken.statuses))
    return taken.ended_at_s - taken.started_at_s
