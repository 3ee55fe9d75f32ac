"""Counts how often one person writes, and decides who gets an answer.

The counts are kept in the person's own sealed state: it is read and written with every event
anyhow, all nodes see the same, it is undone with what could not be handled, and it grows with
nobody. Time is Meta's: whoever wrote slowly while we were away is not taken for a flood.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flows.haste import counted_as, most_per_minute
from flows.kit.turn import Event

_MINUTE_MS = 60_000

Verdict = Literal["answer", "slow down", "silence"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a person wrote since a moment, by kind of word."""

    since_ms: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    def after(self, event: Event | None, language: str, at_ms: int) -> tuple["Pace", Verdict]:
        """Count what a person did, and say whether it is answered."""
        counted = counted_as(event, language) if event else None
        return (self, "answer") if counted is None else self.counting(counted, at_ms)

    def counting(self, counted: str, at_ms: int) -> tuple["Pace", Verdict]:
        """Count one more of a kind, and say whether it is answered."""
        if self.since_ms is None or abs(at_ms - self.since_ms) >= _MINUTE_MS:
            return Pace(at_ms, {counted: 1}), "answer"
        count = self.counts.get(counted, 0)
        most = most_per_minute(counted)
        if count > most:
            return self, "silence"
        counting = Pace(self.since_ms, {**self.counts, counted: count + 1})
        if count < most:
            return counting, "answer"
        return counting, "silence" if self._is_told else "slow down"

    @property
    def _is_told(self) -> bool:
        """Tell whether something went over its limit before: once a minute is enough."""
        return any(count > most_per_minute(counted) for counted, count in self.counts.items())
