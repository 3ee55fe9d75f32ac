"""What a large audience costs: each recipient, memory, the first message, a look at the run.

Costs are processor time, which neighbours on the machine disturb less than the time of day.
"""

from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

import psutil  # type: ignore[import-untyped]  # it has no types

from benchmarks.broadcasts import half_of
from benchmarks.graph_stub import graph_stub
from benchmarks.results import Result, below, beside, say
from benchmarks.scale import Scale
from bot.broadcasts.schedule import Schedule
from bot.commands.process import settle_memory

#: The size that a larger one is compared with.
_SMALL: Final = 10_000
_PER_S: Final = 35
_MIB: Final = 1024 * 1024
_GROWTH_MIB: Final = 30
_COST_RATIO: Final = 1.2
_FIRST_S: Final = 2.0
_REPORT_S: Final = 1.0
_LOOKS: Final = 10


@dataclass(frozen=True, slots=True)
class _Large:
    """What a run of one size cost."""

    people: int
    recipient_us: float
    look_ms: float
    first_s: float
    growth_mib: float
    report_s: float
    preview_s: float


async def measure(scale: Scale) -> list[Result]:
    """Let a small and a large broadcast begin."""
    few, many = await _begun(_SMALL), await _begun(scale.broadcast_among)
    people = f"{many.people:,} people"
    cost, growth = many.recipient_us / few.recipient_us, many.growth_mib
    return [
        below(f"recipient among {people}, beside {_SMALL:,}", cost, most=_COST_RATIO, unit="times"),
        below(f"first message to {people} after", many.first_s, most=_FIRST_S, unit="s"),
        below(f"growth of memory over {people}", growth, most=_GROWTH_MIB, unit="MiB"),
        below(f"report on {people}", many.report_s, most=_REPORT_S, unit="s"),
        beside(
            f"recipient among {people}", many.recipient_us, unit="us", baseline=few.recipient_us
        ),
        beside(f"look at a run of {people}", many.look_ms, unit="ms", baseline=few.look_ms),
        beside(f"lane preview of {people}", many.preview_s, unit="s", baseline=few.preview_s),
    ]


async def _begun(people: int) -> _Large:
    """Let a broadcast begin, until its list is made."""
    first_s: list[float] = []
    say(f"  {people:,} people are made")
    async with graph_stub() as stub, half_of(stub, people, per_s=_PER_S, sends=True) as half:
        settle_memory()
        stub.on_message = lambda _: first_s.append(perf_counter())
        number, process = await half.begin(), psutil.Process()
        looked_s = perf_counter()
        await half.desk.preview(number, Schedule(is_urgent=True), now_ms=half.clock.now_ms())
        preview_s = perf_counter() - looked_s
        before = process.memory_info().rss
        began_s, busy_s = perf_counter(), process_time()
        while not await half.is_listed():
            await half.broadcaster.go_on()
        recipient_us = (process_time() - busy_s) / people * 1e6
        growth_mib = (process.memory_info().rss - before) / _MIB
        busy_s = process_time()
        for _ in range(_LOOKS):
            await half.broadcaster.go_on()
        look_ms = (process_time() - busy_s) / _LOOKS * 1e3
        reported_s = perf_counter()
        await half.desk.report(number)
        report_s = perf_counter() - reported_s
        await half.desk.pause(number, now_ms=half.clock.now_ms())
    stub.on_message = None
    return _Large(
        people, recipient_us, look_ms, first_s[0] - began_s, growth_mib, report_s, preview_s
    )
