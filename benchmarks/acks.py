"""Durable acks per second: how fast a burst is committed, while the bot also answers it."""

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.programs import Program
from benchmarks.results import Result, at_least, beside, say
from benchmarks.rounds import Round, busy, rate, spread, timed
from benchmarks.scale import Scale
from benchmarks.traffic import ECHO_CONNECTIONS, OK, Crowd, burst, introduce

_GOAL = 0.4
#: A burst comes over many connections at once; that is what gathers in one transaction.
_CONNECTIONS = 256


class Refused(Exception):
    """Requests of a burst were not acknowledged, so its rate says nothing."""


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with a handler that keeps nothing, in turns."""
    bare: list[Round] = []
    fast: list[Round] = []
    ours: list[Round] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _bare(scale, on_uvloop=False))
            ours.append(await _ours(scale, stub))
            fast.append(await _bare(scale, on_uvloop=True))
    say(f"  acks/s: bare handler {spread(bare)}, on uvloop {spread(fast)}, bot {spread(ours)}")
    name, found = "durable acks in a burst, one process, SQLite", rate(ours)
    return [
        at_least(name, found, baseline=rate(bare), unit="/s", ratio=_GOAL),
        beside("the same beside a bare handler on uvloop", found, unit="/s", baseline=rate(fast)),
        busy("processor time of an ack and what was answered", ours, bare),
    ]


async def _bare(scale: Scale, *, on_uvloop: bool) -> Round:
    crowd = Crowd()
    crowd.known = crowd.newcomers(scale.known)
    async with (
        programs.bare_handler(on_uvloop=on_uvloop) as program,
        poster(program.port, _CONNECTIONS) as load,
    ):
        await _take(load, crowd, scale.known)
        return await _round(program, load, crowd, scale)


async def _ours(scale: Scale, stub: GraphStub) -> Round:
    """Start with an empty folder each time, so that no round has an earlier one's backlog."""
    crowd = Crowd()
    async with (
        programs.bot(stub.url) as program,
        poster(program.port, _CONNECTIONS) as load,
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
