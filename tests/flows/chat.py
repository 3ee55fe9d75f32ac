"""Plays a conversation against the flows alone, applying effects as the product does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flows import step
from flows.kit.effects import (
    Effect,
    EraseMe,
    MarkAnswersTold,
    MarkNewsOffered,
    MarkTold,
    OweStopConfirmation,
    RecordConsent,
    Restrict,
    SetAgeOk,
    SetLanguage,
    SkipDetail,
    TellNews,
    Withdraw,
)
from flows.kit.found import NOT_A_COMMAND
from flows.kit.person import ConsentState, Memory, Person
from flows.kit.turn import Event, Input, Purpose, Said, Site, Tapped
from tests.flows.finding import Findings

if TYPE_CHECKING:
    from flows.kit.found import Found
    from flows.kit.reply import Button, Choice, Reply
    from flows.kit.turn import Outcome

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

MONTHLY = Purpose(
    "monthly",
    "marketing",
    {"en": "Monthly news", "de": "Monatliche Neuigkeiten"},
    {"en": "Once a month, what we do.", "de": "Einmal im Monat, was wir tun."},
)
APPEALS = Purpose(
    "appeals",
    "marketing",
    {"en": "Appeals", "de": "Aufrufe"},
    {"en": "When help is needed.", "de": "Wenn Hilfe gebraucht wird."},
)


def make_site(**changes: object) -> Site:
    """Make a Page with two purposes, an age and six languages."""
    site = Site(
        page_id="100",
        page_name="Example Page",
        controller_name="Example e.V.",
        privacy_url="https://bot.example/privacy",
        terms_url="https://bot.example/terms",
        default_language="en",
        languages=("en", "de", "fr", "es", "it", "pl"),
        purposes=(MONTHLY, APPEALS),
        minimum_age=16,
        authority="State Data Office",
        contact="privacy@example.org",
    )
    return replace(site, **changes)  # type: ignore[arg-type]  # the names are checked by replace


def make_person(language: str = "en", **changes: object) -> Person:
    """Make a person who was told already and has written before."""
    known = Memory(told_at=START, last_heard_at=START)
    person = Person(language, memory=known)
    return replace(person, **changes)  # type: ignore[arg-type]  # the names are checked by replace


class Chat:
    """One person's chat; each input comes a minute after the one before."""

    def __init__(self, person: Person | None = None, site: Site | None = None) -> None:
        self.site = site or make_site()
        self.person = person or make_person()
        self.now = START
        self.findings = Findings()
        self.outcome: Outcome = step(self.site, self.person, _nothing(), now=START)

    def says(self, text: str) -> Outcome:
        """Write a text."""
        return self.happens(Said(text))

    def taps(self, title: str) -> Outcome:
        """Tap a quick reply or a button of the last answer by its title."""
        for reply in self.outcome.replies:
            for item in items_of(reply):
                if item.title == title and item.payload:
                    return self.happens(Tapped(item.payload, title))
        raise AssertionError(f"no button {title!r} in {self.outcome.replies}")

    def taps_first(self) -> Outcome:
        """Tap the first quick reply of the last answer, whatever it says."""
        choice = self.outcome.replies[-1].choices[0]
        return self.happens(Tapped(choice.payload, choice.title))

    def happens(
        self,
        came: Input,
        *,
        at: datetime | None = None,
        is_standby: bool = False,
        entry_ref: str | None = None,
    ) -> Outcome:
        """Let anything happen, by default now."""
        self.now += timedelta(minutes=1)
        event = Event(came, at or self.now, is_standby=is_standby, entry_ref=entry_ref)
        outcome = self._step(event)
        heard = replace(self.person.memory, last_heard_at=event.at)
        self.person = replace(self.person, memory=heard)
        if EraseMe() in outcome.effects:
            self.person = Person(self.site.default_language)
        self.outcome = outcome
        return outcome

    def _step(self, event: Event) -> Outcome:
        """Take a step, and those for what its effects find; all of them are one turn."""
        outcome = step(self.site, self.person, event, now=self.now)
        self.person = replace(self.person, position=outcome.position)
        for effect in outcome.effects:
            self.person = apply(self.person, effect, event.at, self.site)
        for found in map(self.findings.find, outcome.effects):
            if found is not None:
                assert outcome.replies == (), "who asks says nothing yet"
                after = self._step(_found(found, event))
                effects = outcome.effects + after.effects
                outcome = replace(after, effects=effects)
        return outcome

    @property
    def text(self) -> str:
        """Everything the bot said last."""
        return "\n\n".join(reply.text for reply in self.outcome.replies)

    @property
    def titles(self) -> tuple[str, ...]:
        """Titles of all buttons and quick replies of the last answer, in order."""
        return tuple(item.title for reply in self.outcome.replies for item in items_of(reply))


def _found(found: Found, event: Event) -> Event:
    """Return what goes on with a turn: what was found, or the same words, which are no command."""
    if found == NOT_A_COMMAND:
        return replace(event, is_no_command=True)
    return Event(found, event.at)


def _nothing() -> Event:
    return Event(Said("stop"), START, is_standby=True)


def apply(person: Person, effect: Effect, at: datetime, site: Site) -> Person:
    """Change a person as the product does."""
    if isinstance(effect, RecordConsent):
        return _record(person, effect, at)
    if isinstance(effect, Withdraw):
        return _withdraw(person, effect, at)
    if isinstance(effect, Restrict):
        return replace(person, is_restricted=effect.is_restricted)
    if isinstance(effect, SetLanguage):
        return replace(person, language=effect.code)
    if isinstance(effect, TellNews):
        return replace(person, waiting_news=0)
    return replace(person, memory=_remember(person.memory, effect, at, site))


def _record(person: Person, effect: RecordConsent, at: datetime) -> Person:
    old = person.consents.get(effect.purpose_id, ConsentState())
    if effect.is_granted and old.withdrawn_at and at <= old.withdrawn_at:
        return person
    new = replace(old, granted_at=at) if effect.is_granted else replace(old, refused_at=at)
    return replace(person, consents={**person.consents, effect.purpose_id: new})


def _withdraw(person: Person, effect: Withdraw, at: datetime) -> Person:
    ended = {
        purpose_id: replace(state, withdrawn_at=at)
        for purpose_id, state in person.consents.items()
        if state.granted_at and state.granted_at <= at
        if not effect.purpose_ids or purpose_id in effect.purpose_ids
    }
    return replace(person, consents={**person.consents, **ended})


def _remember(memory: Memory, effect: Effect, at: datetime, site: Site) -> Memory:
    match effect:
        case MarkTold():
            return replace(memory, told_at=at)
        case SetAgeOk(is_ok):
            return replace(memory, age_ok=is_ok, age_asked=site.minimum_age)
        case SkipDetail(name):
            return replace(memory, skipped=(*memory.skipped, name))
        case OweStopConfirmation(is_owed):
            return replace(memory, owes_stop_confirmation=is_owed)
    return _remember_told(memory, effect)


def _remember_told(memory: Memory, effect: Effect) -> Memory:
    match effect:
        case MarkAnswersTold(count):
            return replace(memory, answers_told=count)
        case MarkNewsOffered(count):
            return replace(memory, news_offered=count)
    return memory


def items_of(reply: Reply) -> list[Button | Choice]:
    """List the buttons of a reply, then its quick replies."""
    return [*reply.buttons, *reply.choices]


def shown(reply: Reply) -> str:
    """Write a reply as transcripts do: text, then titles in square brackets."""
    return " ".join([reply.text, *(f"[{item.title}]" for item in items_of(reply))])
