"""Language: a person chooses what the bot writes in.

person  language
bot     Which language shall I write in? [English] [Deutsch] [Français] [Español] [Italiano]
        [Polski]
person  klingon
bot     I do not speak that yet. Which language shall I write in?
        [English] [Deutsch] [Français] [Español] [Italiano] [Polski]
taps    Deutsch
bot     Ab jetzt schreibe ich Deutsch. [Neuigkeiten] [Menü]
"""

from enum import StrEnum
from typing import Final

from flows.kit.effects import SetLanguage
from flows.kit.flow import END, Flow, Option
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.ways import offers
from flows.words import LANGUAGE, MENU, NEWS

#: Each language by its own name.
OWN_NAMES: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
}


class At(StrEnum):
    """Where this conversation can be."""

    CHOOSE = "choose"


flow = Flow("language", version=1, places=At, opens_on=(LANGUAGE,))


@flow.opens(goes_to=At.CHOOSE)
def begin(_turn: Turn) -> Say:
    """Go straight to the question."""
    return Say()


# --- Which language? ----------------------------------------------------------
def offered(turn: Turn) -> tuple[Option, ...]:
    """List the languages of the Page, each by its own name."""
    return tuple(Option(code, OWN_NAMES[code]) for code in turn.site.languages)


def is_offered(turn: Turn) -> bool:
    """Whether the answer is a language of the Page."""
    return turn.choice in turn.site.languages


flow.ask(At.CHOOSE, _("Which language shall I write in?"), choices=offered)


@flow.on(At.CHOOSE, when=is_offered, goes_to=END)
def change(turn: Turn) -> Say:
    """Answer in the new language at once."""
    turn = turn.in_language(turn.choice)
    text = turn.tell(_("From now on I write in English."))
    return Say(text, effects=(SetLanguage(turn.choice),), choices=offers(turn, NEWS, MENU))


@flow.otherwise(At.CHOOSE, goes_to=At.CHOOSE)
def unclear(turn: Turn) -> Say:
    """Say that it is none of them."""
    return Say(turn.tell(_("I do not speak that yet.")))


flow.check()
