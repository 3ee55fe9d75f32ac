"""Whom a broadcast would reach, which way, and until when, counted before anybody confirms it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.broadcasts.lanes import Occurrence, place
from bot.broadcasts.schedule import Schedule, first_at_ms
from storage import Store, Transaction
from storage.broadcasts.records import NewBroadcast

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
    def audience(self) -> int:
        """Return how many people it is about."""
        return sum(self.lanes.values()) + sum(self.never.values())


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
    """Count an audience in portions; nothing is changed."""
    occurs_at_ms = first_at_ms(schedule, now_ms)
    # What is not due yet is reckoned as of when it is: a chat that is open now may be closed then.
    then_ms = now_ms if schedule.is_local else max(now_ms, occurs_at_ms)
    occurrence = Occurrence(schedule, occurs_at_ms, what.useful_ms, sends_mail, then_ms)
    lanes, never = Counter[str](), Counter[str]()
    after, closing, ends_at_ms = b"", 0, then_ms
    while True:
        people = await store.audience.portion(
            tx, page_id=what.page_id, purpose_id=what.purpose_id, after=after, limit=_PORTION
        )
        if not people:
            break
        after = people[-1].person_id
        zones = await store.audience.zones(people)
        for one in people:
            placed = place(one, zones.get(one.person_id), occurrence)
            if placed.lane == "none":
                never[placed.outcome] += 1
                continue
            lanes[placed.lane] += 1
            if placed.lane == "window":
                turn_ms = then_ms + lanes["window"] * 1000 // per_s
                leaves_at_ms = max(placed.due_at_ms, turn_ms)
                ends_at_ms = max(ends_at_ms, leaves_at_ms)
                closing += one.window_ends_at_ms <= leaves_at_ms
    return Preview(dict(lanes), dict(never), then_ms, ends_at_ms, closing)
