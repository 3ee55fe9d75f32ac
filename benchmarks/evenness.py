"""How near calls came to a pace, and how many came in the fullest second."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from benchmarks.results import Result, below

_OFF_PERCENT: Final = 2.0


def evenness(
    name: str, times_s: Sequence[Sequence[float]], *, per_s: int, ceiling_per_s: int
) -> list[Result]:
    """Compare the calls of each Page with the pace it was meant to have, and tell the worst."""
    off = max(abs(_mean_of(one) / per_s - 1) for one in times_s) * 100
    most = max(map(_most_in_a_second, times_s))
    return [
        below(f"{name}: mean off by", off, most=_OFF_PERCENT, unit="%"),
        below(f"{name}: most in any second", most, most=ceiling_per_s + 1, unit="calls"),
    ]


def _mean_of(times_s: Sequence[float]) -> float:
    return (len(times_s) - 1) / (times_s[-1] - times_s[0])


def _most_in_a_second(times_s: Sequence[float]) -> int:
    window: deque[float] = deque()
    most = 0
    for at_s in times_s:
        window.append(at_s)
        while window[0] <= at_s - 1:
            window.popleft()
        most = max(most, len(window))
    return most
