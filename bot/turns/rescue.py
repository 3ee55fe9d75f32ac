"""STOP wins even where a person can't be served: their key is lost, or their state does not open.

The event itself opens, because it waits under the key of its day, and consents are not sealed. So
a STOP is recorded, and confirmed where there is a key to seal the answer with. Everything else is
parked with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bot.inbound.events import decode
from bot.turns.conversation import Rules
from bot.turns.effects import ConsentActs, apply
from bot.turns.inputs import to_event
from bot.turns.snapshot import snapshot
from bot.turns.speech import answer
from bot.turns.state import State, to_time
from flows import step, wants_stop
from flows.kit.person import Memory
from flows.kit.turn import Event
from storage import ConsentStatus, KnownPerson, NewMessage, PendingEvent


@dataclass(frozen=True, slots=True)
class Rescued:
    """What could be done, and which events are left."""

    person: KnownPerson
    acts: ConsentActs
    messages: tuple[NewMessage, ...]
    handled: tuple[int, ...]
    parked: tuple[PendingEvent, ...]


def rescue(
    person: KnownPerson,
    statuses: Mapping[str, ConsentStatus],
    events: Sequence[PendingEvent],
    rules: Rules,
    *,
    now_ms: int,
) -> Rescued:
    """Find the STOPs among a person's events and let them count."""
    acts = ConsentActs(person.person_id, dict(statuses))
    messages: list[NewMessage] = []
    stops: dict[int, Event] = {}
    for pending in events:
        event = _stop_in(pending, person, rules)
        if event is None:
            continue
        stops[pending.inbox_id] = event
        seen = snapshot(person, State(memory=_TOLD), acts.statuses, rules.site, now_ms=now_ms)
        outcome = step(rules.site, seen, event, now=to_time(now_ms))
        apply(outcome.effects, person, Memory(), acts, rules.site, event.at)
        if person.key:
            expires_at_ms = person.window_ends_at_ms
            messages += [
                answer(person, reply, due_at_ms=now_ms, expires_at_ms=expires_at_ms)
                for reply in outcome.replies
            ]
    parked = tuple(pending for pending in events if pending.inbox_id not in stops)
    return Rescued(person, acts, tuple(messages), tuple(stops), parked)


#: They have heard what this is, or will: a confirmation says nothing else.
_TOLD = Memory(told_at=to_time(0))


def _stop_in(pending: PendingEvent, person: KnownPerson, rules: Rules) -> Event | None:
    try:
        wire = decode(pending.body or b"")
    except msgspec.MsgspecError:
        return None
    event = to_event(wire, at_ms=pending.platform_at_ms, app_id=rules.app_id)
    language = person.language or rules.site.default_language
    return event if event is not None and wants_stop(event, language) else None
