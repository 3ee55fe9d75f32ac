"""Rounds of one program: how fast it went, and what that cost the processor."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.programs import Program
from benchmarks.results import Result, beside

#: A shorter round says more about what else the machine did in that moment.
_LEAST_S = 1.0


@dataclass(frozen=True, slots=True)
class Round:
    """How one round went."""

    per_s: float
    #: Processor time of the measured process for each message, in milliseconds. Other work on the
    #: machine disturbs it less than it disturbs the rate.
    busy_ms: float


async def timed(program: Program, size: int, work: Callable[[int], Awaitable[float]]) -> Round:
    """Repeat `work` until it has taken long enough.

    Args:
        program: Whose processor time counts.
        size: Messages in each repetition.
        work: Takes that number of messages through, and returns the seconds that took.
    """
    busy_s, took_s, done = program.busy_s(), 0.0, 0
    while took_s < _LEAST_S:
        took_s += await work(size)
        done += size
    return Round(done / took_s, (program.busy_s() - busy_s) * 1000 / done)


def rate(rounds: Sequence[Round]) -> float:
    """Return the median of the rates, per second."""
    return median(one.per_s for one in rounds)


def busy(name: str, ours: Sequence[Round], bare: Sequence[Round]) -> Result:
    """Return what a message costs the processor, beside the baseline."""
    ours_ms, bare_ms = (median(one.busy_ms for one in rounds) for rounds in (ours, bare))
    return beside(name, ours_ms, unit="ms", baseline=bare_ms)


def spread(rounds: Sequence[Round]) -> str:
    """Return the slowest and the fastest round, for reading."""
    rates = [one.per_s for one in rounds]
    return f"{min(rates):,.0f} to {max(rates):,.0f}"
