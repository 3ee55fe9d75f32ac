"""Whom a broadcast would reach, which way, and until when, counted before anybody confirms it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.broadcasts.lanes import Occurrence, place
from bot.broadcasts.schedule import Schedule, first_at_ms
from storage import PersonId, Store, Transaction
from storage.broadcasts.records import Candidate, NewBroadcast

_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Preview:
    """The lanes of an audience as it is now."""

    #: How many go each way that anything is sent by.
    lanes: Mapping[str, int]
    #: How many get nothing, by the reason.
    never: Mapping[str, int]
    starts_at_ms: int
    #: When the last that can be pushed into a chat is, at the set pace.
    ends_at_ms: int
    #: How many chats close before it would be their turn; these wait for contact.
    closing_before: int

    @property
    def reached(self) -> int:
        """Return how many get it, whichever way."""
        return sum(self.lanes.values())

    @property
    def audience(self) -> int:
        """Return how many people it is about."""
        return self.reached + sum(self.never.values())


async def preview(  # noqa: PLR0913 - what it reckons with
    tx: Transaction,
    store: Store,
    schedule: Schedule,
    *,
    what: NewBroadcast,
    per_s: int,
    sends_mail: bool,
    now_ms: int,
) -> Preview:
    """Count an audience by its groups, and one by one only whoever gave a time zone."""
    occurs_at_ms = first_at_ms(schedule, now_ms)
    # What is not due yet is reckoned as of when it is: a chat that is open now may be closed then.
    then_ms = now_ms if schedule.is_local else max(now_ms, occurs_at_ms)
    occurrence = Occurrence(schedule, occurs_at_ms, what.useful_ms, sends_mail, then_ms)
    count = _Counting(occurrence, per_s)
    whose = {"page_id": what.page_id, "purpose_id": what.purpose_id}
    for group in await store.audience.groups(tx, **whose, at_ms=count.starts_at_ms):
        count.add(group.one, None, group.count)
    after = b""
    while people := await store.audience.portion_with_zone(
        tx, **whose, after=after, limit=_PORTION
    ):
        after = people[-1].person_id
        zones = await store.audience.zones(people)
        for one in people:
            count.add(one, zones.get(one.person_id), 1)
    return count.told()


class _Counting:
    """Counts lanes, and how many windows close before it is their turn."""

    def __init__(self, occurrence: Occurrence, per_s: int) -> None:
        self._occurrence = occurrence
        self._per_s = per_s
        #: When a message can leave for whoever gave no time zone.
        self.starts_at_ms = place(_SOMEBODY, None, occurrence).due_at_ms
        self._lanes, self._never = Counter[str](), Counter[str]()
        #: From when on a window's turn may come, when it closes, and how many are so.
        self._windows: list[tuple[int, int, int]] = []

    def add(self, one: Candidate, zone: str | None, count: int) -> None:
        """Count people who stand as this one does."""
        placed = place(one, zone, self._occurrence)
        if placed.lane == "none":
            self._never[placed.outcome] += count
            return
        self._lanes[placed.lane] += count
        if placed.lane == "window":
            self._windows.append((placed.due_at_ms, one.window_ends_at_ms, count))

    def told(self) -> Preview:
        """Return what was counted."""
        begins_ms = self._occurrence.now_ms
        lasts_ms = self._lanes["window"] * 1000 // self._per_s
        last_ms = max((due_ms for due_ms, _, _ in self._windows), default=begins_ms)
        closing = sum(
            count * _share_after(closes_ms, max(begins_ms, due_ms), lasts_ms)
            for due_ms, closes_ms, count in self._windows
        )
        ends_ms = max(begins_ms + lasts_ms, last_ms)
        return Preview(dict(self._lanes), dict(self._never), begins_ms, ends_ms, round(closing))


def _share_after(closes_ms: int, begins_ms: int, lasts_ms: int) -> float:
    """Return how many of all turns come after a time: nobody has a place in the line yet."""
    left_ms = begins_ms + lasts_ms - closes_ms
    return min(1.0, max(0.0, left_ms / lasts_ms)) if lasts_ms else 0.0


_SOMEBODY = Candidate(
    person_id=PersonId(b""),
    is_granted=True,
    is_restricted=False,
    window_ends_at_ms=0,
    muted_until_ms=0,
    is_unreachable=False,
    has_mail=False,
    time_zone=None,
)
