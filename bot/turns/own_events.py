"""Events of our own in the inbox, handled in order with those of the person.

A timer ran out; or something outside the chat came to an end that the chat goes on with: a page was
used, a job is done. They say nothing that the person wrote.
"""

import secrets
from collections.abc import Mapping
from typing import Final

import msgspec

from flows.kit.found import Found
from storage import NewEvent, PersonId

_TIMED_OUT: Final = b"timed out "
_FOUND: Final = b"found "


class _Kept(msgspec.Struct, frozen=True):
    what: str
    facts: dict[str, str] = {}


_decode = msgspec.json.Decoder(_Kept).decode


def timed_out(person: PersonId, due_at_ms: int, *, now_ms: int) -> NewEvent:
    """Return the event of a timer that was due then."""
    return _event(person, _TIMED_OUT + str(due_at_ms).encode(), now_ms)


def found(
    person: PersonId, what: str, facts: Mapping[str, str] | None = None, *, now_ms: int
) -> NewEvent:
    """Return the event of something that the flow which finds `what` goes on with."""
    return _event(person, _FOUND + msgspec.json.encode(_Kept(what, dict(facts or {}))), now_ms)


def is_own(body: bytes) -> bool:
    """Tell whether the body of an inbox row is an event of our own."""
    return body.startswith((_TIMED_OUT, _FOUND))


def due_in(body: bytes) -> int | None:
    """Return when the timer was due that ran out; None where this is no timer."""
    return int(body.removeprefix(_TIMED_OUT)) if body.startswith(_TIMED_OUT) else None


def found_in(body: bytes) -> Found | None:
    """Return what was found; None where this is something else.

    Raises:
        msgspec.MsgspecError: It is of no form that this version knows.
    """
    if not body.startswith(_FOUND):
        return None
    kept = _decode(body.removeprefix(_FOUND))
    return Found(kept.what, facts=kept.facts)


def _event(person: PersonId, body: bytes, now_ms: int) -> NewEvent:
    return NewEvent(secrets.token_bytes(16), person, now_ms, now_ms, body)
