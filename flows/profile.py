"""What a Page shows before anybody writes: greeting, ice breakers, menu and commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows import answers
from flows.hearing import GET_STARTED, ICE
from flows.kit.errors import ReplyTooLong
from flows.kit.reply import length_of
from flows.kit.texts import _, translate
from flows.kit.words import normalise
from flows.rights_words import MY_DATA, YOUR_RIGHTS
from flows.ways import GO, TITLES, is_useful
from flows.words import HELLO, HELP, LANGUAGE, MENU, NEWS, START, STOP, as_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.kit.turn import Site

MAX_GREETING_CHARS: Final = 160
MAX_ICE_BREAKERS: Final = 4
MAX_QUESTION_CHARS: Final = 80
MAX_MENU_TITLE_CHARS: Final = 30
MAX_COMMAND_CHARS: Final = 32
MAX_DESCRIPTION_CHARS: Final = 64

#: What Messenger calls each language in a profile.
MESSENGER_LOCALES: Final = {
    "en": ("en_US", "en_GB"),
    "de": ("de_DE",),
    "fr": ("fr_FR", "fr_CA"),
    "es": ("es_ES", "es_LA"),
    "it": ("it_IT",),
    "pl": ("pl_PL",),
}
DEFAULT: Final = "default"

#: From the fullest to the barest: the first that fits is shown.
GREETINGS: Final = (
    _("{controller}: automated bot. Your Messenger id is kept encrypted. More: {privacy_url}"),
    _("Automated bot. Your Messenger id is kept encrypted. More: {privacy_url}"),
    _("Automated bot. Your Messenger id is kept encrypted. Write to read more."),
)
QUESTIONS: Final = {
    NEWS: _("I would like to get news."),
    HELLO: _("Who am I talking to?"),
    HELP: _("What can I do here?"),
    MY_DATA: _("What do you keep about me?"),
}
#: Which of them stay the longest where a Page has questions of its own.
_LAST_TO_GO: Final = (MY_DATA, NEWS, HELLO, HELP)
MENU_WORDS: Final = (NEWS, YOUR_RIGHTS, LANGUAGE, HELP, STOP)
COMMANDS: Final = {
    HELP: _("What you can write here"),
    MENU: _("Everything at a glance"),
    LANGUAGE: _("Change the language"),
    MY_DATA: _("What is kept about you"),
    START: _("Get news"),
    STOP: _("End all news at once"),
}


@dataclass(frozen=True, slots=True)
class IceBreaker:
    """A question that someone new can ask with one tap."""

    question: str
    payload: str


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the menu that is always there."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Command:
    """A word that Messenger offers when someone types a slash."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A Page's Messenger profile; each mapping by two-letter language and "default"."""

    greeting: Mapping[str, str]
    ice_breakers: Mapping[str, tuple[IceBreaker, ...]]
    menu: Mapping[str, tuple[MenuItem, ...]]
    commands: Mapping[str, tuple[Command, ...]]
    get_started: str = GET_STARTED


def profile(site: Site) -> Profile:
    """Write the profile of a Page in every language it offers.

    Raises:
        ReplyTooLong: A title breaks one of Messenger's limits.
    """
    languages = {code: code for code in site.languages} | {DEFAULT: site.default_language}
    return Profile(
        greeting={key: _greeting(site, code) for key, code in languages.items()},
        ice_breakers={key: _ice_breakers(site, code) for key, code in languages.items()},
        menu={key: _menu(site, code) for key, code in languages.items()},
        commands={key: _commands(site, code) for key, code in languages.items()},
    )


def _greeting(site: Site, language: str) -> str:
    """Say the most that fits: an operator's long name gives way, then the long address."""
    values = {
        "controller": site.controller_name,
        "privacy_url": f"{site.privacy_url}?lang={language}",
    }
    texts = [translate(language, english).format_map(values) for english in GREETINGS]
    fitting = [text for text in texts if length_of(text) <= MAX_GREETING_CHARS]
    return fitting[0] if fitting else _checked("greeting", texts[-1], MAX_GREETING_CHARS)


def _ice_breakers(site: Site, language: str) -> tuple[IceBreaker, ...]:
    """Ask the Page's own questions first; ours fill up, those that the menu has too give way."""
    own = [answer.question[language] for answer in site.answers if language in answer.question]
    useful = [word for word in _LAST_TO_GO if is_useful(site, word)]
    kept = useful[: max(0, MAX_ICE_BREAKERS - len(own))]
    asked = {answers.tapped(question): question for question in own} | {
        word: translate(language, question) for word, question in QUESTIONS.items() if word in kept
    }
    return tuple(
        IceBreaker(
            _checked("ice breaker", question, MAX_QUESTION_CHARS), f"{ICE}{language}:{means}"
        )
        for means, question in asked.items()
    )


def _menu(site: Site, language: str) -> tuple[MenuItem, ...]:
    return tuple(
        MenuItem(
            _checked("menu title", translate(language, TITLES[word]), MAX_MENU_TITLE_CHARS),
            GO + word,
        )
        for word in MENU_WORDS
        if is_useful(site, word)
    )


def _commands(site: Site, language: str) -> tuple[Command, ...]:
    return tuple(
        Command(
            _checked("command", _name(word, language), MAX_COMMAND_CHARS),
            _checked("command text", translate(language, text), MAX_DESCRIPTION_CHARS),
        )
        for word, text in COMMANDS.items()
        if is_useful(site, word)
    )


def _name(word: str, language: str) -> str:
    """Write a word as a command: small letters, no spaces; typed, it means the same."""
    return normalise(as_shown(word, language)).replace(" ", "_")


def _checked(what: str, text: str, limit: int) -> str:
    if length_of(text) > limit:
        raise ReplyTooLong(what, found=length_of(text), limit=limit)
    return text
