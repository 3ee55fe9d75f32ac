"""When a broadcast is sent, as an admin types it, and as it is told them."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.broadcasts.errors import DraftRefused
from bot.broadcasts.schedule import Schedule, daily, weekly

_CLOCK = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_DAILY = re.compile(rf"daily {_CLOCK}")
_WEEKLY = re.compile(rf"weekly (?P<day>mon|tue|wed|thu|fri|sat|sun) {_CLOCK}")


def read(words: str, zone: str) -> Schedule:
    """Return the schedule that was typed, by the wall clock of a zone.

    Raises:
        DraftRefused: It is no time.
    """
    typed = " ".join(words.casefold().split())
    is_local = typed.endswith(" local")
    typed = typed.removesuffix(" local")
    if typed == "now" and not is_local:
        return Schedule(zone=zone)
    if found := _DAILY.fullmatch(typed):
        cron = daily(int(found["hour"]), int(found["minute"]))
        return Schedule(cron=cron, zone=zone, is_local=is_local)
    if found := _WEEKLY.fullmatch(typed):
        cron = weekly(found["day"], int(found["hour"]), int(found["minute"]))
        return Schedule(cron=cron, zone=zone, is_local=is_local)
    if typed.startswith("cron "):
        return Schedule(cron=typed.removeprefix("cron "), zone=zone, is_local=is_local)
    try:
        at = datetime.strptime(typed, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall clock's
    except ValueError:
        raise DraftRefused(found="when") from None
    return Schedule(at=at, zone=zone, is_local=is_local)


def wall_of(schedule: Schedule, kept_ms: int) -> datetime:
    """Return what the wall clock shows at an occurrence."""
    zone = UTC if schedule.is_local else ZoneInfo(schedule.zone)
    return datetime.fromtimestamp(kept_ms / 1000, zone).replace(tzinfo=None)


def told(schedule: Schedule, kept_ms: int | None) -> str:
    """Say when it is sent; without a time, as soon as it is confirmed."""
    whose = "each person's own clock" if schedule.is_local else schedule.zone
    if kept_ms is None:
        return "at once"
    first = f"{wall_of(schedule, kept_ms):%Y-%m-%d %H:%M}, {whose}"
    return f"{first}, then again by cron {schedule.cron}" if schedule.cron else first
