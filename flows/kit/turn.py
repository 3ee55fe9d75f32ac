"""What a turn is made of: an event of a person, what a flow is told with it, what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flows.kit.found import NOTHING, Found
from flows.kit.texts import translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flows.kit.answer import Answer
    from flows.kit.effects import Effect
    from flows.kit.person import Person, Position
    from flows.kit.reply import Reply


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

    @property
    def found(self) -> Found:
        """What was brought to this turn; empty where nothing was asked for."""
        came = self.event.input
        return came if isinstance(came, Found) else NOTHING

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
