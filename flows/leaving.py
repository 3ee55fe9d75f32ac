"""When somebody's data goes after their last yes was taken back, and how to have it go at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.dates import day_in
from flows.kit.texts import _
from flows.rights_words import DELETE_ME
from flows.words import as_shown

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from flows.kit.turn import Turn


def when_erased(turn: Turn, *, ended_at: datetime, left: Collection[object]) -> str:
    """Say when the data is due to go; empty where something keeps it, or nothing was ever agreed.

    Args:
        turn: The turn in which it is said.
        ended_at: When the last yes was taken back.
        left: What the person still gets.
    """
    agreed = any(state.granted_at for state in turn.person.consents.values())
    if left or turn.person.is_restricted or not agreed:
        return ""
    site = turn.site
    kept = max(timedelta(days=site.withdrawn_days), timedelta(hours=site.stranger_hours))
    return turn.tell(
        _("Your data is due to be erased on {day}; {delete_me} does it now."),
        day=day_in(turn.language, (ended_at + kept).date()),
        delete_me=as_shown(DELETE_ME, turn.language),
    )


def last_withdrawal(turn: Turn) -> datetime:
    """Return when the person last withdrew anything; now where they never did."""
    times = [state.withdrawn_at for state in turn.person.consents.values() if state.withdrawn_at]
    return max(times, default=turn.event.at)
