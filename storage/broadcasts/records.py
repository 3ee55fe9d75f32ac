"""What is kept of broadcasts, as frozen values. Times are milliseconds, UTC."""

from dataclasses import dataclass, field
from typing import Literal, NewType

from storage.records import PersonId

RunId = NewType("RunId", bytes)
DeliveryId = NewType("DeliveryId", bytes)

#: Marketing is never sent twice; a service message of unknown fate is sent once more.
BroadcastKind = Literal["service", "marketing"]
State = Literal["draft", "scheduled", "paused", "over", "cancelled"]
RunState = Literal["making", "sending", "over", "missed", "cancelled"]
Lane = Literal["window", "next_contact", "email", "none"]
#: Still open are "waiting" and "queued"; whatever else it is says why it ended so.
Outcome = Literal[
    "waiting",
    "queued",
    "sent",
    "unknown",
    "opted out",
    "restricted",
    "declined",
    "expired",
    "window closed",
    "quiet hours",
    "too often",
    "unreachable",
    "refused",
    "held by a human",
    "key lost",
    "cancelled",
    "erased",
]
OPEN: tuple[Outcome, ...] = ("waiting", "queued")


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """What an admin wrote; `content` is the caller's own, opaque here."""

    page_id: str
    purpose_id: str
    kind: BroadcastKind
    title: str
    content: str
    #: Empty for a single occurrence.
    cron: str
    zone: str
    #: Each person gets it at this hour of their own.
    is_local: bool
    #: Quiet hours don't hold it up.
    is_urgent: bool
    useful_ms: int
    made_by: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands."""

    number: int
    what: NewBroadcast
    state: State
    #: Why it is paused.
    reason: str | None
    #: What Meta calls its picture, once it has it.
    picture_id: str | None
    #: When it next occurs; for a local one, the wall clock's time read as if it were UTC.
    next_at_ms: int | None
    made_at_ms: int
    #: It was let go for more people than one admin may send to.
    is_for_many: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One occurrence of a broadcast."""

    run_id: RunId
    number: int
    occurs_at_ms: int
    expires_at_ms: int
    state: RunState
    made_up_to: bytes | None
    started_at_ms: int
    ended_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who once agreed to a purpose, as a run finds them."""

    person_id: PersonId
    is_granted: bool
    is_restricted: bool
    window_ends_at_ms: int
    muted_until_ms: int
    is_unreachable: bool
    has_mail: bool
    #: Sealed; None where they gave none.
    time_zone: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """How many people of an audience stand as one of them does."""

    one: Candidate
    count: int


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One person's part of a run, as it begins."""

    person_id: PersonId
    lane: Lane
    outcome: Outcome
    due_at_ms: int
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery whose messages are to be made now."""

    delivery_id: DeliveryId
    person_id: PersonId
    lane: Lane
    expires_at_ms: int
    language: str | None
    page_id: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many deliveries went one way, and what came of them."""

    lane: Lane
    outcome: Outcome
    count: int
