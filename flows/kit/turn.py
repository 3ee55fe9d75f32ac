"""What a turn is made of: a person, an event, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flows.kit.found import Found
from flows.kit.texts import translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from flows.kit.answer import Answer
    from flows.kit.effects import Effect
    from flows.kit.reply import Reply


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is: a place of one version of one flow, with its notes."""

    flow: str
    version: int
    place: str
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The last yes, no and withdrawal of one purpose; aware UTC times."""

    granted_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None
    #: Since when the notice asks everybody anew, so that no yes from before counts.
    asked_anew_at: datetime | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the last yes is newer than whatever ended one."""
        if self.granted_at is None:
            return False
        ended = (self.refused_at, self.withdrawn_at, self.asked_anew_at)
        return all(self.granted_at > at for at in ended if at is not None)

    @property
    def is_asked_anew(self) -> bool:
        """Whether there was a yes that the notice alone has ended."""
        if self.granted_at is None or self.asked_anew_at is None or self.is_granted:
            return False
        return all(self.granted_at > at for at in (self.refused_at, self.withdrawn_at) if at)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a person across flows."""

    #: Old enough? None until asked.
    age_ok: bool | None = None
    #: The least age that answer was about, in years.
    age_asked: int = 0
    #: When the person was last told that this is a bot and what it keeps.
    told_at: datetime | None = None
    #: When the person last wrote, before this event.
    last_heard_at: datetime | None = None
    owes_stop_confirmation: bool = False
    #: Names of the details the person did not want to give.
    skipped: tuple[str, ...] = ()
    #: How many waiting answers the person was told of.
    answers_told: int = 0
    #: How much waiting news the person was offered.
    news_offered: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of the team has looked at the person's data."""

    role: str
    on: date


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One thing that the notice says otherwise now."""

    #: Such as "purpose_added", "recipient_added", "retention" or "words".
    kind: str
    #: What it is about, by language; under "" where it is the same in all.
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A version of the notice that a person was not told of."""

    number: int
    #: From when on it holds, aware UTC.
    holds_from: datetime
    changes: tuple[PolicyChange, ...]
    #: Ids of the purposes to which an older yes counts no more.
    asks_again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A person on one Page, as known before this event."""

    language: str
    #: A human holds the thread, so the bot keeps out of it.
    is_muted: bool = False
    #: The person asked that their data be kept but not used.
    is_restricted: bool = False
    #: Something the bot said has not reached the person yet.
    has_unheard: bool = False
    #: Looks at their data that they were not told of, the oldest first.
    looks: tuple[Look, ...] = ()
    #: Answers of the team that could not be delivered yet.
    waiting_answers: int = 0
    #: News they still agree to that could not be pushed to them.
    waiting_news: int = 0
    has_breach_notice: bool = False
    #: A version of the notice that they were not told of.
    policy_news: PolicyNews | None = None
    consents: Mapping[str, ConsentState] = field(default_factory=dict)
    position: Position | None = None
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True)
class Said:
    """The person wrote a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """The person tapped a quick reply, a button, a menu item or an ice breaker."""

    payload: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Showed:
    """The person sent something that is not text."""

    #: sticker, image, audio, video, file, location or other.
    kind: str
    #: Where a file can be fetched, if it is a single one.
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """The person opened the chat through a link."""

    ref: str = ""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A human gave the thread back to the bot."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The timer of a place ran out."""

    place: str


Input = Said | Tapped | Showed | Arrived | HandedBack | TimedOut | Found


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a chat."""

    input: Input
    #: Meta's timestamp, aware UTC.
    at: datetime
    #: Another app holds the thread: nothing may be answered.
    is_standby: bool = False
    #: The m.me reference that came with it.
    entry_ref: str | None = None
    #: It looks like a command, but was looked at, and is none.
    is_no_command: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """One thing a person may say yes or no to; texts by two-letter language."""

    id: str
    #: "service" or "marketing".
    kind: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    #: Names of the details it can't be served without: name, email, phone, time_zone.
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """The Page and who answers for it, as configured; trusted text only."""

    page_id: str
    page_name: str
    controller_name: str
    privacy_url: str
    terms_url: str
    default_language: str
    languages: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    answers: tuple[Answer, ...] = ()
    #: Youngest age for news in years; 0 = not asked.
    minimum_age: int = 0
    #: Hours until a person who agreed to nothing is erased.
    stranger_hours: int = 48
    #: Days until a person who withdrew everything is erased.
    withdrawn_days: int = 30
    #: Days in which nothing is offered to a person who refused or withdrew everything.
    reask_days: int = 180
    #: Days for which proof of consents stays after an erasure; 0 = none stays.
    evidence_days: int = 0
    #: For how many days those who are told of erasures may take to confirm; 0 where none is told.
    told_days: int = 0
    #: Name of the supervisory authority.
    authority: str = ""
    #: E-mail address of the controller.
    contact: str = ""
    #: Whether mail can be sent: without it nobody is asked for an address.
    has_mail: bool = False


@dataclass(frozen=True, slots=True)
class Timer:
    """Send TimedOut(place) after this time, unless the person acts before."""

    place: str
    after_s: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn comes to; the caller stores and sends all of it, or none."""

    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    #: Replaces the stored position; None clears it.
    position: Position | None = None
    #: Replaces the stored timer; None cancels it.
    timer: Timer | None = None
    #: Which flow and place answered, for metrics.
    flow_name: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a handler is given."""

    site: Site
    person: Person
    event: Event
    now: datetime
    language: str
    #: What the person typed, normalised; empty for taps and pictures.
    word: str = ""
    #: Key of the choice that was tapped or typed.
    choice: str = ""
    #: Which word opened the flow.
    opener: str = ""
    #: The exact question being answered, with its buttons.
    asked: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def tell(self, english: str, **values: object) -> str:
        """Put an English text into the person's language and fill in its names."""
        site = self.site
        names: dict[str, object] = {
            "page": site.page_name,
            "controller": site.controller_name,
            "privacy_url": site.privacy_url,
            "minimum_age": site.minimum_age,
            "stranger_hours": site.stranger_hours,
        }
        return translate(self.language, english).format_map(names | values)

    def in_language(self, code: str) -> Turn:
        """Give the same turn in another language."""
        return replace(self, language=code)

    def with_notes(self, notes: Mapping[str, str]) -> Turn:
        """Give the same turn with these notes added."""
        return replace(self, notes={**self.notes, **notes}) if notes else self
