"""Durable acks per second: how fast a burst is committed, while the bot also answers it."""

from statistics import median

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import poster
from benchmarks.results import Result, at_least, say
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, burst, introduce

_GOAL = 0.4


async def measure(scale: Scale) -> list[Result]:
    """Compare the bot with a handler that keeps nothing, in turns."""
    bare: list[float] = []
    ours: list[float] = []
    async with graph_stub() as stub:
        for _ in range(scale.rounds):
            bare.append(await _bare(scale))
            ours.append(await _ours(scale, stub))
            say(f"  acks/s: bare handler {bare[-1]:,.0f}, bot {ours[-1]:,.0f}")
    name = "durable acks, one process, SQLite"
    return [at_least(name, median(ours), baseline=median(bare), unit="/s", ratio=_GOAL)]


async def _bare(scale: Scale) -> float:
    crowd = Crowd()
    crowd.known = crowd.newcomers(scale.known)
    async with programs.bare_handler() as program, poster(program.port, CONNECTIONS) as load:
        await burst(load, _requests(crowd, scale.known))
        return (await burst(load, _requests(crowd, scale.burst))).acked_per_s


async def _ours(scale: Scale, stub: GraphStub) -> float:
    """Start with an empty folder each time, so that no round has an earlier one's backlog."""
    crowd = Crowd()
    async with (
        programs.bot(stub.url) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, scale.known)
        taken = await burst(load, _requests(crowd, scale.burst))
        program.process.kill()  # the backlog is of no interest
        stub.echoes = None
        return taken.acked_per_s


def _requests(crowd: Crowd, size: int) -> list[bytes]:
    return [message(psid, text) for psid, text in crowd.writers(size)]
