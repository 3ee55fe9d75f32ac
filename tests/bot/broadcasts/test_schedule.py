"""When a broadcast occurs: changes of clocks neither skip nor repeat it, and nights stay quiet."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.broadcasts.errors import DraftRefused
from bot.broadcasts.schedule import (
    Schedule,
    awake_ms,
    check,
    daily,
    due_ms,
    first_at_ms,
    following_ms,
    weekly,
)

BERLIN = "Europe/Berlin"


def ms(text: str, zone: str = "UTC") -> int:
    """Return the moment at which a clock in a zone shows a time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def shown(at_ms: int, zone: str = BERLIN) -> str:
    """Return what a clock in a zone shows at a moment."""
    return f"{datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)):%m-%d %H:%M}"


def occurrences(schedule: Schedule, start: str, count: int) -> list[int]:
    """Return the first occurrences after a moment in UTC."""
    found = [first_at_ms(schedule, ms(start))]
    while len(found) < count:
        after = following_ms(schedule, found[-1])
        assert after is not None
        found.append(after)
    return found


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # 2026-03-29: 02:00 becomes 03:00, so 02:30 does not exist and is taken an hour on.
        ("2026-03-27T12:00", ["03-28 02:30", "03-29 03:30", "03-30 02:30"]),
        # 2026-10-25: 03:00 becomes 02:00, so 02:30 comes twice and the first counts.
        ("2026-10-23T12:00", ["10-24 02:30", "10-25 02:30", "10-26 02:30"]),
    ],
)
def test_a_night_of_changing_clocks_has_one_occurrence(start: str, expected: list[str]) -> None:
    """A daily broadcast occurs once in each night, also in those in which clocks change."""
    found = occurrences(Schedule(cron=daily(2, 30), zone=BERLIN), start, 3)
    assert [shown(one) for one in found] == expected


def test_the_hour_that_comes_twice_is_not_repeated() -> None:
    """Looked for in the second 02:10 of the night, the next 02:30 is tomorrow's."""
    schedule = Schedule(cron=daily(2, 30), zone=BERLIN)
    second_two_ten_ms = ms("2026-10-25T01:10")
    assert shown(second_two_ten_ms) == "10-25 02:10"
    found = following_ms(schedule, second_two_ten_ms)
    assert found is not None
    assert shown(found) == "10-26 02:30"


def test_a_week_has_one_occurrence() -> None:
    """A weekly broadcast comes on its day, at its hour."""
    found = occurrences(Schedule(cron=weekly("mon", 9), zone=BERLIN), "2026-10-20T00:00", 2)
    assert [shown(one) for one in found] == ["10-26 09:00", "11-02 09:00"]


def test_everybodys_own_clock_counts() -> None:
    """A local broadcast at ten is due at ten wherever somebody lives, and where they don't say."""
    schedule = Schedule(at=datetime.fromisoformat("2026-07-01T10:00"), zone=BERLIN, is_local=True)
    occurs_at_ms = first_at_ms(schedule, ms("2026-06-01T00:00"))
    for zone in ("Asia/Tokyo", "America/New_York"):
        assert shown(due_ms(schedule, occurs_at_ms, zone), zone) == "07-01 10:00"
    assert shown(due_ms(schedule, occurs_at_ms, None)) == "07-01 10:00"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-07-01T20:59", "07-01 20:59"),
        ("2026-07-01T21:00", "07-02 08:00"),
        ("2026-07-02T07:59", "07-02 08:00"),
        ("2026-07-02T08:00", "07-02 08:00"),
    ],
)
def test_nights_are_left_alone(at: str, expected: str) -> None:
    """Between 21:00 and 8:00 of the person's own clock it waits for the morning."""
    night_ms = ms(at, "Asia/Tokyo")
    assert shown(awake_ms(Schedule(), night_ms, "Asia/Tokyo"), "Asia/Tokyo") == expected
    assert awake_ms(Schedule(is_urgent=True), night_ms, "Asia/Tokyo") == night_ms


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        (Schedule(zone="Mars/Olympus"), "zone"),
        (Schedule(zone="../etc/passwd"), "zone"),
        (Schedule(cron="every day"), "cron"),
        (Schedule(cron="0 0 30 2 *"), "cron"),
        (Schedule(cron="0 10 " + "1," * 40 + "1 * *"), "cron"),
        (Schedule(cron="* * * * *"), "often"),
        (Schedule(cron="0,30 10 * * fri"), "often"),
        (Schedule(at=datetime.fromtimestamp(0, UTC)), "time"),
    ],
)
def test_a_schedule_without_a_next_time_is_refused(schedule: Schedule, found: str) -> None:
    """What names no time that will ever come is refused when it is written."""
    with pytest.raises(DraftRefused) as refused:
        check(schedule)
    assert refused.value.facts["found"] == found
