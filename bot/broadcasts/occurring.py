"""When an occurrence of a kept broadcast is, and until when it is of use."""

from bot.broadcasts.schedule import Schedule
from storage.broadcasts.records import Broadcast

_LAST_ZONE_MS = 12 * 3_600_000


def expires_ms(broadcast: Broadcast, occurs_at_ms: int) -> int:
    """Return until when an occurrence is of use to anybody."""
    last_zone_ms = _LAST_ZONE_MS if broadcast.what.is_local else 0
    return occurs_at_ms + broadcast.what.useful_ms + last_zone_ms


def schedule_of(broadcast: Broadcast) -> Schedule:
    """Return when a broadcast is sent, without its first time."""
    what = broadcast.what
    return Schedule(
        cron=what.cron, zone=what.zone, is_local=what.is_local, is_urgent=what.is_urgent
    )
