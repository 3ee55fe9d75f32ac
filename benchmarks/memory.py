"""Resident memory: at rest, and how it grows with the number of events."""

from benchmarks import programs
from benchmarks.graph_stub import GraphStub, graph_stub
from benchmarks.posting import Poster, poster
from benchmarks.results import Result, below, say
from benchmarks.round_trips import round_trips
from benchmarks.scale import Scale
from benchmarks.traffic import CONNECTIONS, ECHO_CONNECTIONS, Crowd, introduce

_REST_MIB = 140
_GROWTH_MIB = 30
_MIB = 1024 * 1024
_FEW = 10


async def measure(scale: Scale) -> list[Result]:
    """Look at one process from its start to its last event."""
    crowd = Crowd()
    async with (
        graph_stub() as stub,
        programs.bot(stub.url) as program,
        poster(program.port, CONNECTIONS) as load,
        poster(program.port, ECHO_CONNECTIONS) as echoes,
    ):
        stub.echoes = echoes
        await introduce(load, stub, crowd, _FEW)
        rest_mib = program.resident_bytes() / _MIB
        # What a process takes once, for pools and caches, is no growth with the events.
        await introduce(load, stub, crowd, scale.round_trips)
        before_mib = program.resident_bytes() / _MIB
        events = await _many(load, stub, crowd, scale)
        growth_mib = program.resident_bytes() / _MIB - before_mib
    say(f"  resident: {rest_mib:.0f} MiB at rest, {growth_mib:+.1f} MiB after {events:,} messages")
    return [
        below("resident memory at rest", rest_mib, most=_REST_MIB, unit="MiB"),
        below(
            f"growth of resident memory over {events:,} messages",
            growth_mib,
            most=_GROWTH_MIB,
            unit="MiB",
        ),
    ]


async def _many(load: Poster, stub: GraphStub, crowd: Crowd, scale: Scale) -> int:
    events = 0
    while events < scale.growth_events:
        size = min(scale.round_trips, scale.growth_events - events)
        await round_trips(load, stub, crowd, size)
        events += size
    return events
