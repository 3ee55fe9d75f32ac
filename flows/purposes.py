"""What a person said yes to, read from the snapshot of the turn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.kit.person import ConsentState
from flows.kit.texts import _
from flows.words import START, STOP, as_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flows.kit.turn import Purpose, Turn

NOTHING = ConsentState()


def consent_to(turn: Turn, purpose: Purpose) -> ConsentState:
    """Give what is known of one purpose; nothing if it was never asked."""
    return turn.person.consents.get(purpose.id, NOTHING)


def granted(turn: Turn) -> tuple[Purpose, ...]:
    """List the purposes that the person said yes to, in the order of the configuration."""
    return tuple(p for p in turn.site.purposes if consent_to(turn, p).is_granted)


def newer_than(turn: Turn, at: datetime) -> tuple[Purpose, ...]:
    """List the granted purposes whose yes is newer than a time."""
    states = ((p, consent_to(turn, p)) for p in granted(turn))
    return tuple(p for p, state in states if state.granted_at and state.granted_at > at)


def came_late(turn: Turn) -> bool:
    """Whether the person withdrew after this event, so that a yes in it changes nothing."""
    times = [c.withdrawn_at for c in turn.person.consents.values() if c.withdrawn_at]
    return bool(times) and turn.event.at <= max(times)


def is_left_alone(turn: Turn) -> bool:
    """Whether the person refused or withdrew everything lately, so that news are not offered."""
    since = turn.event.at - timedelta(days=turn.site.reask_days)
    states = [consent_to(turn, purpose) for purpose in turn.site.purposes]
    return bool(states) and all(_has_ended_since(state, since) for state in states)


def stays_unsubscribed(turn: Turn) -> str:
    """Say that a STOP is newer than this answer."""
    return turn.tell(
        _("You wrote {stop} after that, so you stay unsubscribed. {start} begins anew."),
        stop=as_shown(STOP, turn.language),
        start=as_shown(START, turn.language),
    )


def in_language(turn: Turn, texts: Mapping[str, str]) -> str:
    """Pick a configured text: the person's language, else the Page's, else any."""
    for language in (turn.language, turn.site.default_language):
        if language in texts:
            return texts[language]
    return next(iter(texts.values()), "")


def what_they_get(turn: Turn, purposes: Iterable[Purpose]) -> str:
    """Say which news a person gets, and how to end it."""
    named = titles(turn, purposes)
    if not named:
        return turn.tell(_("{page} sends you no news."))
    return turn.tell(
        _("You get: {titles}. {stop} ends it at any time."),
        titles=named,
        stop=as_shown(STOP, turn.language),
    )


def _has_ended_since(state: ConsentState, since: datetime) -> bool:
    ended = [at for at in (state.refused_at, state.withdrawn_at) if at is not None]
    return not state.is_granted and max(ended, default=since) > since


def titles(turn: Turn, purposes: Iterable[Purpose]) -> str:
    """Name purposes one after the other."""
    return ", ".join(in_language(turn, p.title) or p.id for p in purposes)
