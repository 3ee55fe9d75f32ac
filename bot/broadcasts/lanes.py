"""The lane of one person in a run, and why it is this one."""

from dataclasses import dataclass

from bot.broadcasts.schedule import Schedule, awake_ms, due_ms
from storage.broadcasts.records import Candidate, Lane, Outcome


@dataclass(frozen=True, slots=True)
class Placed:
    """Where somebody stands in a run."""

    lane: Lane
    #: "waiting", or why nothing is sent.
    outcome: Outcome
    due_at_ms: int
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What is the same for everybody in a run."""

    schedule: Schedule
    occurs_at_ms: int
    useful_ms: int
    sends_mail: bool
    now_ms: int


def place(one: Candidate, zone: str | None, run: Occurrence) -> Placed:
    """Choose the lane of one person."""
    due_at_ms = due_ms(run.schedule, run.occurs_at_ms, zone)
    expires_at_ms = due_at_ms + run.useful_ms
    starts_at_ms = awake_ms(run.schedule, max(due_at_ms, run.now_ms), zone)
    reason = _reason_against(one, run.now_ms, starts_at_ms, expires_at_ms)
    lane = "none" if reason else _lane(one, starts_at_ms, sends_mail=run.sends_mail)
    return Placed(lane, reason or "waiting", starts_at_ms, expires_at_ms)


def _reason_against(
    one: Candidate, now_ms: int, starts_at_ms: int, expires_at_ms: int
) -> Outcome | None:
    if not one.is_granted:
        return "opted out"
    if one.is_restricted:
        return "restricted"
    if now_ms >= expires_at_ms:
        return "expired"
    return "quiet hours" if starts_at_ms >= expires_at_ms else None


def _lane(one: Candidate, starts_at_ms: int, *, sends_mail: bool) -> Lane:
    is_held = one.muted_until_ms > starts_at_ms
    is_closed = one.window_ends_at_ms <= starts_at_ms
    if not (is_held or is_closed or one.is_unreachable):
        return "window"
    return "email" if one.has_mail and sends_mail else "next_contact"
