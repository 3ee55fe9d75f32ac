"""When a broadcast occurs: once or again and again, by one clock or by each person's own.

An occurrence is a time on a wall clock. It is turned into a moment only at the end, so no night
on which clocks change skips or repeats one: an hour that does not exist is taken when it would
have been, and of an hour that comes twice the first counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.broadcasts.errors import DraftRefused
from bot.jobs.scheduler import next_by_cron

#: Nothing that was not asked for comes between these hours, by the person's own clock.
QUIET_FROM_HOUR = 21
QUIET_UNTIL_HOUR = 8
_MAX_CRON_CHARS = 64
#: A slip in an expression must not write to everybody each minute.
_SHORTEST = timedelta(hours=1)
#: So many occurrences show how often it is.
_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a broadcast is sent."""

    #: The first time, on the wall clock of `zone`; None for now.
    at: datetime | None = None
    #: "minute hour day month weekday", for one that is repeated.
    cron: str = ""
    zone: str = "UTC"
    #: Each person gets it at this time of their own clock.
    is_local: bool = False
    #: Quiet hours don't hold it up.
    is_urgent: bool = False


def daily(hour: int, minute: int = 0) -> str:
    """Return the cron expression of every day at this time."""
    return f"{minute} {hour} * * *"


def weekly(weekday: str, hour: int, minute: int = 0) -> str:
    """Return the cron expression of every week on this day, such as "mon"."""
    return f"{minute} {hour} * * {weekday}"


def check(schedule: Schedule) -> None:
    """Refuse what has no next time.

    Raises:
        DraftRefused: The zone is unknown, or the cron expression can't be read.
    """
    try:
        ZoneInfo(schedule.zone)
    except (ValueError, OSError, KeyError):
        raise DraftRefused(found="zone") from None
    if schedule.at is not None and schedule.at.tzinfo is not None:
        raise DraftRefused(found="time")
    if schedule.cron:
        _check_cron(schedule.cron)


def _check_cron(cron: str) -> None:
    found = [datetime(2026, 1, 1)]  # noqa: DTZ001 - a wall clock's
    for _ in range(_LOOKED_AT):
        try:
            following = next_by_cron(cron, found[-1]) if len(cron) <= _MAX_CRON_CHARS else None
        except ValueError:
            raise DraftRefused(found="cron") from None
        if following is None:
            raise DraftRefused(found="cron")
        found.append(following)
    if any(later - one < _SHORTEST for one, later in pairwise(found[1:])):
        raise DraftRefused(found="often")


def first_at_ms(schedule: Schedule, now_ms: int) -> int:
    """Return the first occurrence, as `occurs_at_ms` of a run."""
    if schedule.cron:
        start = schedule.at - timedelta(seconds=1) if schedule.at else None
        after_ms = _as_kept(start, schedule) if start else as_kept_ms(schedule, now_ms)
        found = following_ms(schedule, after_ms)
        if found is None:
            raise DraftRefused(found="cron")
        return found
    return _as_kept(schedule.at, schedule) if schedule.at else as_kept_ms(schedule, now_ms)


def following_ms(schedule: Schedule, after_ms: int) -> int | None:
    """Return the occurrence after another one; None where there is none."""
    if not schedule.cron:
        return None
    wall = _wall(after_ms, "UTC" if schedule.is_local else schedule.zone)
    while (found := next_by_cron(schedule.cron, wall)) is not None:
        kept_ms = _as_kept(found, schedule)
        if kept_ms > after_ms:
            return kept_ms
        wall = found
    return None


def due_ms(schedule: Schedule, occurs_at_ms: int, zone: str | None) -> int:
    """Return the moment at which an occurrence is due for somebody who lives by `zone`."""
    if not schedule.is_local:
        return occurs_at_ms
    return moment_ms(_wall(occurs_at_ms, "UTC"), zone or schedule.zone)


def awake_ms(schedule: Schedule, at_ms: int, zone: str | None) -> int:
    """Return the moment, or the end of the quiet hours it falls into."""
    if schedule.is_urgent:
        return at_ms
    theirs = zone or schedule.zone
    wall = _wall(at_ms, theirs)
    if QUIET_UNTIL_HOUR <= wall.hour < QUIET_FROM_HOUR:
        return at_ms
    day = wall.date() + timedelta(days=int(wall.hour >= QUIET_FROM_HOUR))
    morning = datetime(day.year, day.month, day.day, QUIET_UNTIL_HOUR)  # noqa: DTZ001 - a wall clock's
    return moment_ms(morning, theirs)


def quiet_from_ms(schedule: Schedule, awake_at_ms: int, zone: str | None) -> int:
    """Return when the next quiet hours begin, after a moment outside them."""
    theirs = zone or schedule.zone
    day = _wall(awake_at_ms, theirs).date()
    evening = datetime(day.year, day.month, day.day, QUIET_FROM_HOUR)  # noqa: DTZ001 - a wall clock's
    return moment_ms(evening, theirs)


def moment_ms(wall: datetime, zone: str) -> int:
    """Return the moment at which a wall clock shows a time; the first, where it does twice."""
    return round(wall.replace(tzinfo=ZoneInfo(zone), fold=0).timestamp() * 1000)


def _wall(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)).replace(tzinfo=None)


def _as_kept(wall: datetime, schedule: Schedule) -> int:
    return moment_ms(wall, "UTC" if schedule.is_local else schedule.zone)


def as_kept_ms(schedule: Schedule, now_ms: int) -> int:
    """Return the present moment as an occurrence: by a local schedule, what the wall shows."""
    if not schedule.is_local:
        return now_ms
    return round(_wall(now_ms, schedule.zone).replace(tzinfo=UTC).timestamp() * 1000)
