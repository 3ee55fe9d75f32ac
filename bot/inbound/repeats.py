"""When an event happened, and how it is known again: a captured request may be sent for ever.

An event is remembered for days, under a key of its own day. So one that is older than that is
refused, and so is one that no clock can have told yet. One without any time is remembered under the
keys of all these days, each time it comes: whoever sends it every day finds it known every day. And
should it come through once more after a long silence, it was only overheard: it can say STOP, and
can agree to nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from bot.inbound.events import WireEvent
from storage.inbox import DAY_MS, Inbox, day_of
from storage.store import EVENT_KEY_DAYS

#: A time this far ahead is a clock that is wrong; it is taken for now.
MAX_AHEAD_MS: Final = 300_000
_MAX_AGE_MS: Final = (EVENT_KEY_DAYS - 1) * DAY_MS

Untimely = Literal["too_old", "too_early"]


@dataclass(frozen=True, slots=True)
class Timed:
    """An event that can be told from its repeats."""

    event: WireEvent
    at_ms: int
    key: bytes
    #: Every key it is remembered under, with its day; it is new where none of them is known.
    key_days: dict[bytes, int]


def untimely(at_ms: int | None, now_ms: int) -> Untimely | None:
    """Return why nothing that happened at that time is handled any more, or yet."""
    if at_ms is None:
        return None
    if at_ms < now_ms - _MAX_AGE_MS:
        return "too_old"  # its day's key is gone or going
    return "too_early" if at_ms > now_ms + DAY_MS else None


async def timed(event: WireEvent, inbox: Inbox, *, now_ms: int) -> Timed:
    """Return when a timely event happened, and the keys under which its repeats are found."""
    name, at_ms = event.natural_id(), event.at_ms
    if at_ms is None:
        today = day_of(now_ms)
        days = range(today, today - EVENT_KEY_DAYS, -1)
        overheard = msgspec.structs.replace(event, is_standby=True)
        return _timed(overheard, now_ms, [(await _key(inbox, day, name), day) for day in days])
    day = day_of(at_ms)
    if at_ms > now_ms + MAX_AHEAD_MS:
        at_ms = now_ms  # a time that has not come would outlive every later STOP
    return _timed(event, at_ms, [(await _key(inbox, day, name), day)])


def first_of_each(events: Iterable[Timed], new: set[bytes]) -> list[Timed]:
    """Return the events none of whose keys was known before, each once."""
    first: dict[bytes, Timed] = {}
    for one in events:
        if one.key_days.keys() <= new:
            first.setdefault(one.key, one)
    return list(first.values())


async def _key(inbox: Inbox, day: int, name: str) -> bytes:
    return await inbox.event_key(day * DAY_MS, name)


def _timed(event: WireEvent, at_ms: int, keys: list[tuple[bytes, int]]) -> Timed:
    return Timed(event, at_ms, keys[0][0], dict(keys))
