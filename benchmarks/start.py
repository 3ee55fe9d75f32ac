"""From the start of the process to the first answered webhook."""

from contextlib import AbstractAsyncContextManager
from statistics import median

from benchmarks import programs
from benchmarks.bodies import message
from benchmarks.graph_stub import graph_stub
from benchmarks.posting import poster
from benchmarks.programs import Program, new_folder
from benchmarks.results import Result, below, say
from benchmarks.scale import Scale
from benchmarks.traffic import Crowd, burst

_GOAL_S = 1.5


async def measure(scale: Scale) -> list[Result]:
    """Start with nothing, which makes the tables, and again with what is there."""
    crowd = Crowd()
    bare: list[float] = []
    first: list[float] = []
    again: list[float] = []
    async with graph_stub() as stub:
        for _ in range(scale.starts):
            bare.append(await _start(programs.bare_handler(), crowd))
            async with new_folder() as folder:
                first.append(await _start(programs.bot(stub.url, folder=folder), crowd))
                again.append(await _start(programs.bot(stub.url, folder=folder), crowd))
    return [
        _result("start to first answer, empty folder", first, bare),
        _result("start to first answer", again, bare),
    ]


async def _start(serving: AbstractAsyncContextManager[Program], crowd: Crowd) -> float:
    request = message(crowd.newcomers(1)[0], "hello")
    async with serving as program, poster(program.port, 1) as load:
        answered = await burst(load, [request])
        return answered.ended_at_s - program.started_at_s


def _result(name: str, ours: list[float], bare: list[float]) -> Result:
    say(f"  {name}: {median(ours):.2f} s")
    return below(name, median(ours), most=_GOAL_S, unit="s", baseline=median(bare))
