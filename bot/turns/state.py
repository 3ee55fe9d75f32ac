"""What is remembered of a person between two turns, and the bytes it is sealed as.

Field names are stored: a new field needs a default, an old one is never renamed.
"""

from datetime import UTC, datetime

import msgspec

from flows.kit.turn import Memory, Position


class _Place(msgspec.Struct, frozen=True):
    flow: str
    version: int
    place: str
    notes: dict[str, str] = {}


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    place: _Place | None = None
    age_ok: bool | None = None
    told_at_ms: int | None = None
    heard_at_ms: int | None = None
    owes_stop_confirmation: bool = False


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def from_bytes(kept: bytes | None) -> tuple[Position | None, Memory]:
    """Return position and memory; those of a stranger where nothing was kept."""
    if kept is None:
        return None, Memory()
    state = _decode(kept)
    at = state.place
    position = None if at is None else Position(at.flow, at.version, at.place, at.notes)
    memory = Memory(
        age_ok=state.age_ok,
        told_at=_time(state.told_at_ms),
        last_heard_at=_time(state.heard_at_ms),
        owes_stop_confirmation=state.owes_stop_confirmation,
    )
    return position, memory


def to_bytes(position: Position | None, memory: Memory) -> bytes:
    """Return position and memory as they are to be sealed."""
    return _encode(
        _Kept(
            place=None if position is None else _place(position),
            age_ok=memory.age_ok,
            told_at_ms=_ms(memory.told_at),
            heard_at_ms=_ms(memory.last_heard_at),
            owes_stop_confirmation=memory.owes_stop_confirmation,
        )
    )


def _place(position: Position) -> _Place:
    return _Place(position.flow, position.version, position.place, dict(position.notes))


def to_time(at_ms: int) -> datetime:
    """Return milliseconds since the epoch as an aware UTC time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _time(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else to_time(at_ms)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
