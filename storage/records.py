"""What storage takes and hands out: frozen values, never rows. Times are milliseconds, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType

PersonId = NewType("PersonId", bytes)
OutboxId = NewType("OutboxId", bytes)

#: Why a message leaves: an answer, a service or policy notice, or one delivery of a broadcast,
#: which is marketing or, under its own name, service.
Kind = Literal["answer", "notice", "broadcast", "service"]
ASKED: tuple[Kind, ...] = ("answer", "notice")
BROADCASTS: tuple[Kind, ...] = ("broadcast", "service")
#: Why a broadcast is not to be sent to somebody at this moment.
Bar = Literal["opted out", "restricted", "too often", "held by a human"]
Act = Literal["granted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person we did not know, with the key that was made for them first."""

    person_id: PersonId
    page_id: str
    lookup: bytes
    key: bytes = field(repr=False)
    psid: str = field(repr=False)
    window_ends_at_ms: int
    erase_due_at_ms: int
    created_at_ms: int


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as loaded for one turn; `state` is the caller's own, opaque here."""

    person_id: PersonId
    page_id: str
    #: Empty where it is lost.
    key: bytes = field(repr=False)
    state: bytes | None = field(repr=False)
    language: str | None
    window_ends_at_ms: int
    muted_until_ms: int
    unreachable_since_ms: int | None
    restricted_since_ms: int | None
    erase_due_at_ms: int
    #: Why they can't be served, as an error's name: the key is lost, or the state does not open.
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event on its way into the inbox."""

    event_key: bytes
    person_id: PersonId
    platform_at_ms: int
    received_at_ms: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that waits in the inbox; `body` is None where it does not open."""

    inbox_id: int
    person_id: PersonId
    platform_at_ms: int
    due_at_ms: int
    attempts: int
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that was given up on, described without what it says."""

    inbox_id: int
    reason: str
    received_at_ms: int
    attempts: int


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message on its way into the outbox; sealed under its person's key."""

    person_id: PersonId
    page_id: str
    key: bytes = field(repr=False)
    body: bytes = field(repr=False)
    kind: Kind
    due_at_ms: int
    expires_at_ms: int
    resends_left: int
    #: What a broadcast is for; it leaves only while the person agrees to that.
    purpose_id: str | None = None
    #: The request it answers, if it answers one.
    case_id: bytes | None = None
    #: The look at the person's data, or the version of the notice, it tells of, if it does.
    access_id: bytes | None = None
    #: The notice of a breach it is, if it is one.
    notice_id: bytes | None = None
    #: The delivery of a broadcast it is a part of, and whether that counts by this part.
    delivery_id: bytes | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this node, and no other, may send now."""

    outbox_id: OutboxId
    person_id: PersonId
    page_id: str
    psid: str = field(repr=False)
    body: bytes = field(repr=False)
    kind: Kind
    attempts: int
    expires_at_ms: int
    window_ends_at_ms: int
    #: What a broadcast is for.
    purpose_id: str | None = None
    #: How often Messenger refused it, and how often it paused its Page; `attempts` counts all.
    refusals: int = 0
    pauses: int = 0
    #: The request it answers, if it answers one.
    case_id: bytes | None = None
    #: The look at the person's data, or the version of the notice, it tells of, if it does.
    access_id: bytes | None = None
    #: The notice of a breach it is, if it is one.
    notice_id: bytes | None = None
    #: The delivery of a broadcast it is a part of, and whether that counts by this part.
    delivery_id: bytes | None = None
    counts: bool = False
    #: Why a broadcast may not leave.
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class ConsentStatus:
    """When a person last granted, refused and withdrew one purpose, by Meta's timestamps."""

    granted_at_ms: int | None = None
    refused_at_ms: int | None = None
    withdrawn_at_ms: int | None = None
    #: When a version of the notice began that asks everybody about this purpose anew.
    asked_anew_at_ms: int | None = None

    @property
    def ended_at_ms(self) -> int:
        """Return when it ended last, whoever ended it; 0 for never."""
        return max(self.withdrawn_at_ms or 0, self.refused_at_ms or 0, self.asked_anew_at_ms or 0)

    @property
    def is_kept_by_person(self) -> bool:
        """Tell whether the person took nothing back since their last grant."""
        ended = max(self.withdrawn_at_ms or 0, self.refused_at_ms or 0)
        return self.granted_at_ms is not None and self.granted_at_ms > ended

    @property
    def is_granted(self) -> bool:
        """Tell whether the last grant is newer than whatever ended one."""
        return self.granted_at_ms is not None and self.granted_at_ms > self.ended_at_ms


@dataclass(frozen=True, slots=True)
class ShownText:
    """The exact words a person was shown, kept once for everybody under their hash."""

    text: str
    text_version: str
    language: str


@dataclass(frozen=True, slots=True)
class ConsentAct:
    """One yes, no or withdrawal; `shown` is what it answered, where anything was asked."""

    person_id: PersonId
    purpose_id: str
    act: Act
    platform_at_ms: int
    shown: ShownText | None = None


Consents = Mapping[str, ConsentStatus]


@dataclass(frozen=True, slots=True)
class Case:
    """A request that a human answers."""

    number: str
    kind: str
    #: "open", "waiting" (answered, but not delivered yet) or "answered".
    status: str
    opened_at_ms: int
    due_at_ms: int
    #: The number of the admin who works on it.
    claimed_by: int | None = None


@dataclass(frozen=True, slots=True)
class PausedPage:
    """A Page for which nothing is sent; `until_ms` is None where only a person can help."""

    page_id: str
    reason: str
    since_ms: int
    until_ms: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, and for how long the oldest has."""

    count: int
    oldest_at_ms: int | None
