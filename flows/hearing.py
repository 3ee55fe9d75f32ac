"""What a person meant with an event, before any place is looked at.

Payloads: `go:<word>`, `ice:<language>:<word>`, `GET_STARTED`, and for the choices of a question
`<flow>:<version>:<place>:<choice>:<hash8>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from flows.kit.answer import answer_to
from flows.kit.turn import Arrived, Said, Tapped
from flows.kit.words import normalise
from flows.links import language_in
from flows.ways import GO
from flows.words import HELLO, LEXICON, STOP, STOP_WITHIN

if TYPE_CHECKING:
    from flows.kit.person import Person
    from flows.kit.turn import Event, Site

GET_STARTED: Final = "GET_STARTED"
ICE: Final = "ice:"


class TappedChoice(NamedTuple):
    """A choice of a question, as its payload tells."""

    flow: str
    version: str
    place: str
    key: str
    hash8: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What an event says."""

    #: The typed text, normalised.
    text: str = ""
    #: The word that was typed or tapped, if it is one of ours.
    word: str | None = None
    #: A short sentence with a stop word in it.
    merely_contains_stop: bool = False
    choice: TappedChoice | None = None


def hear(event: Event, language: str) -> Heard:
    """Find the word or the choice in an event."""
    came = event.input
    if isinstance(came, Said):
        return _read(came.text, language)
    if isinstance(came, Tapped):
        return _tapped(came, language)
    return Heard(word=HELLO) if isinstance(came, Arrived) else Heard()


def _read(text: str, language: str) -> Heard:
    plain = normalise(text)
    word = LEXICON.find(plain, language)
    return Heard(plain, word, word is None and STOP_WITHIN.holds(_without_addresses(text)))


def _without_addresses(text: str) -> str:
    """Leave e-mail addresses out: stop@example.org is where somebody is, not what they want."""
    words = (word for word in text.split() if "." not in word.partition("@")[2])
    return normalise(" ".join(words))


def _tapped(tap: Tapped, language: str) -> Heard:
    payload = tap.payload
    if payload == GET_STARTED:
        return Heard(word=HELLO)
    if payload.startswith((GO, ICE)):
        return Heard(word=payload.rpartition(":")[2])
    parts = payload.split(":")
    if len(parts) == len(TappedChoice._fields):
        return Heard(choice=TappedChoice(*parts))
    # A button of another bot or of an older version: its title may still say STOP.
    word = LEXICON.find(normalise(tap.title), language)
    return Heard(word=STOP if word == STOP else None, choice=TappedChoice("", "", "", "", ""))


def language_at_first(site: Site, person: Person, event: Event) -> str:
    """Guess the language of someone new: ice breaker, link, words typed, else as known."""
    if person.memory.told_at is not None:
        return person.language
    guesses = (_of_ice_breaker(event), language_in(event), _of_words(site, event))
    return next((code for code in guesses if code in site.languages), person.language)


def _of_ice_breaker(event: Event) -> str:
    came = event.input
    if isinstance(came, Tapped) and came.payload.startswith(ICE):
        return came.payload.split(":")[1]
    return ""


def _of_words(site: Site, event: Event) -> str:
    """Read the language of the whole text, of its first two words or its first, else of a question.

    A question that the Page answers itself tells it where its words are of one language only.
    """
    came = event.input
    if not isinstance(came, Said):
        return ""
    text = normalise(came.text)
    words = text.split(" ", 2)
    starts = (text, " ".join(words[:2]), words[0])
    found = next((code for s in starts if (code := LEXICON.language_of(s))), "")
    answer = None if found else answer_to(text, site.answers)
    return answer.language_of(text) if answer else found
