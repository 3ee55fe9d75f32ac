"""What is remembered of a person between two turns, and the bytes it is sealed as.

Field names are stored: a new field needs a default, an old one is never renamed.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import msgspec

from bot.turns.pace import Pace
from flows.kit.person import Memory, Position
from flows.registry import FLOWS

#: Of the bytes below: raised with every new field, which an older version would drop.
_FORMAT: Final = 1
#: What was written by a higher one, a process leaves to those that have it: it grows with the
#: version of every flow and with every new flow; one that goes adds its number to _FORMAT.
STATE_VERSION: Final = _FORMAT + sum(flow.version for flow in FLOWS)


@dataclass(frozen=True, slots=True)
class State:
    """Where a person is and when that times out, what is remembered, how often they write."""

    position: Position | None = None
    memory: Memory = field(default_factory=Memory)
    timer_due_at_ms: int | None = None
    pace: Pace = field(default_factory=Pace)


class _Place(msgspec.Struct, frozen=True):
    flow: str
    version: int
    place: str
    notes: dict[str, str] = {}


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    place: _Place | None = None
    timer_due_at_ms: int | None = None
    age_ok: bool | None = None
    age_asked: int = 0
    told_at_ms: int | None = None
    heard_at_ms: int | None = None
    owes_stop_confirmation: bool = False
    skipped: tuple[str, ...] = ()
    answers_told: int = 0
    news_offered: int = 0
    pace_since_ms: int | None = None
    pace: dict[str, int] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def from_bytes(kept: bytes | None) -> State:
    """Return what was kept; the state of a stranger where nothing was.

    Raises:
        msgspec.MsgspecError: It is of no form that this version knows.
    """
    if kept is None:
        return State()
    found = _decode(kept)
    at = found.place
    return State(
        position=None if at is None else Position(at.flow, at.version, at.place, at.notes),
        memory=Memory(
            age_ok=found.age_ok,
            age_asked=found.age_asked,
            told_at=from_ms(found.told_at_ms),
            last_heard_at=from_ms(found.heard_at_ms),
            owes_stop_confirmation=found.owes_stop_confirmation,
            skipped=found.skipped,
            answers_told=found.answers_told,
            news_offered=found.news_offered,
        ),
        timer_due_at_ms=found.timer_due_at_ms,
        pace=Pace(found.pace_since_ms, found.pace),
    )


def to_bytes(state: State) -> bytes:
    """Return a state as it is to be sealed."""
    at, memory = state.position, state.memory
    return _encode(
        _Kept(
            place=None if at is None else _Place(at.flow, at.version, at.place, dict(at.notes)),
            timer_due_at_ms=state.timer_due_at_ms,
            age_ok=memory.age_ok,
            age_asked=memory.age_asked,
            told_at_ms=None if memory.told_at is None else to_ms(memory.told_at),
            heard_at_ms=None if memory.last_heard_at is None else to_ms(memory.last_heard_at),
            owes_stop_confirmation=memory.owes_stop_confirmation,
            skipped=memory.skipped,
            answers_told=memory.answers_told,
            news_offered=memory.news_offered,
            pace_since_ms=state.pace.since_ms,
            pace=dict(state.pace.counts),
        )
    )


def to_time(at_ms: int) -> datetime:
    """Return milliseconds since the epoch as an aware UTC time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def from_ms(at_ms: int | None) -> datetime | None:
    """Return the time, where there is one."""
    return None if at_ms is None else to_time(at_ms)


def to_ms(at: datetime) -> int:
    """Return a time as milliseconds since the epoch."""
    return round(at.timestamp() * 1000)
