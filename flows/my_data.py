"""My data: everything that is held, page by page; no value unless it is asked for.

person  my data
bot     I hold 2 things about you. The values stay hidden until you ask for them.
        ABOUT YOU
        Language: •••• What for: to write to you · Legal basis: your request · Kept: 48 hours ·
        You gave it · Who else gets it: nobody
        CONSENTS
        Monthly news: •••• What for: to prove it · Legal basis: legal duty · Kept: 3 years ·
        We noted it · Who else gets it: Example Hosting
        That is all. [Show values] [Delete me] [Menu]
taps    Show values
bot     What I show here also stays in your Messenger history. Shall I show it?
        [Show] [Better not]
taps    Better not
bot     All right, the values stay hidden. That is all. [Show values] [Delete me] [Menu]
taps    Show values
bot     What I show here also stays in your Messenger history. Shall I show it?
        [Show] [Better not]
taps    Show
bot     I hold 2 things about you.
        ABOUT YOU
        Language: English What for: to write to you · Legal basis: your request ·
        Kept: 48 hours · You gave it · Who else gets it: nobody
        CONSENTS
        Monthly news: yes, 2 November 2026 What for: to prove it · Legal basis: legal duty ·
        Kept: 3 years · We noted it · Who else gets it: Example Hosting
        That is all. [Hide values] [Delete me] [Menu]
person  what now
bot     Please tap one of the buttons below. That is all. [Hide values] [Delete me] [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.cards import page_text, pages_of
from flows.kit.effects import LookUp
from flows.kit.flow import END, Flow, Option, key_of
from flows.kit.reply import Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.opt_in import is_unseen
from flows.purposes import granted
from flows.rights_words import DELETE_ME, MY_DATA, WITHDRAW
from flows.ways import ways
from flows.words import BACK, MENU, NO, TABLE, YES

#: Note: which page was shown last, from 0.
PAGE: Final = "data_page"
#: Note: how many pages there were.
PAGES: Final = "data_pages"
#: Note: "shown" once the person has asked for the values.
VALUES: Final = "data_values"

NEXT: Final = _("Next page")
PREVIOUS: Final = _("Previous page")
SHOW: Final = _("Show values")
HIDE: Final = _("Hide values")
STAY_HIDDEN: Final = _("The values stay hidden until you ask for them.")

#: What also turns the page; "go on" would be REPEAT elsewhere.
MORE: Final = {
    "en": ("more", "go on", "continue"),
    "de": ("weiter", "mehr"),
    "fr": ("suite", "suivant", "continuer"),
    "es": ("más", "continuar"),
    "it": ("avanti", "continua"),
    "pl": ("dalej", "więcej"),
}


#: What also asks for the values, before the warning.
SHOW_THEM: Final = {
    "en": ("show", "show me", "show them", "show it"),
    "de": ("zeigen", "anzeigen", "zeig her"),
    "fr": ("montrer", "afficher", "montrez"),
    "es": ("mostrar", "muéstrame", "ver"),
    "it": ("mostra", "mostrare", "mostrami"),
    "pl": ("pokaż", "pokaż mi"),
}


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    CARDS = "cards"
    REVEAL = "reveal"


flow = Flow("my_data", version=1, places=At, opens_on=(MY_DATA,), notes=(PAGE, PAGES, VALUES))


@flow.opens(goes_to=At.CARDS)
def look_up(_turn: Turn) -> Say:
    """Look for everything that is held, to show the first page."""
    return _turned_to(0)


def is_nothing_held(turn: Turn) -> bool:
    """Whether nothing is held at all."""
    return not turn.found.items


@flow.on_found("my_data", when=is_nothing_held, goes_to=END)
def nothing_held(turn: Turn) -> Say:
    """Say so."""
    return Say(turn.tell(_("I hold nothing about you.")), choices=ways(turn, MENU))


@flow.on_found("my_data", goes_to=At.CARDS)
def show_page(turn: Turn) -> Say:
    """Show one page, after a sentence on the first; what is held may have changed since."""
    pages = pages_of(turn, turn.found.items)
    number = min(_number(turn), len(pages) - 1)
    said = [page_text(pages[number], is_shown=are_shown(turn))]
    if number == 0:
        said.insert(0, _sentence(turn))
    return Say("\n\n".join(said), notes={PAGE: str(number), PAGES: str(len(pages))})


# --- The cards, a page at a time ----------------------------------------------
def where(turn: Turn) -> str:
    """Say which page this is."""
    if _count(turn) == 1:
        return turn.tell(_("That is all."))
    return turn.tell(
        _("Page {page} of {pages}. A number opens that page."),
        page=_number(turn) + 1,
        pages=_count(turn),
    )


def turns_and_values(turn: Turn) -> tuple[Option, ...]:
    """Offer the pages around this one, and to show the values or hide them again."""
    titles = [
        *[NEXT] * has_next(turn),
        *[PREVIOUS] * has_previous(turn),
        HIDE if are_shown(turn) else SHOW,
    ]
    return tuple(Option(key_of(title), turn.tell(title)) for title in titles)


def onward(turn: Turn) -> tuple[Choice, ...]:
    """Offer to take back a yes, where there is one, and to delete everything."""
    also = (WITHDRAW,) if granted(turn) else ()
    return ways(turn, *also, DELETE_ME, MENU)


def has_next(turn: Turn) -> bool:
    """Whether a page follows."""
    return _number(turn) + 1 < _count(turn)


def has_previous(turn: Turn) -> bool:
    """Whether a page goes before."""
    return _number(turn) > 0


def are_shown(turn: Turn) -> bool:
    """Whether the person has asked for the values."""
    return turn.notes.get(VALUES) == "shown"


def is_page(turn: Turn) -> bool:
    """Whether the answer is the number of a page."""
    return turn.word.isdecimal() and 1 <= int(turn.word) <= _count(turn)


flow.ask(At.CARDS, where, choices=turns_and_values, ways=onward)


@flow.on(At.CARDS, NEXT, words=MORE, when=has_next, goes_to=At.CARDS)
def next_page(turn: Turn) -> Say:
    """Look again and show the next page."""
    return _turned_to(_number(turn) + 1)


@flow.on(At.CARDS, PREVIOUS, words=TABLE[BACK], when=has_previous, goes_to=At.CARDS)
def previous_page(turn: Turn) -> Say:
    """Look again and show the page before."""
    return _turned_to(_number(turn) - 1)


@flow.on(At.CARDS, when=is_page, goes_to=At.CARDS)
def that_page(turn: Turn) -> Say:
    """Look again and show the page of this number."""
    return _turned_to(int(turn.word) - 1)


@flow.on(At.CARDS, HIDE, goes_to=At.CARDS)
def hide_values(_turn: Turn) -> Say:
    """Show this page without values."""
    return Say(effects=(LookUp("my_data"),), notes={VALUES: ""})


@flow.on(At.CARDS, SHOW, words=SHOW_THEM, goes_to=At.REVEAL)
def warn_first(_turn: Turn) -> Say:
    """Go straight to what showing means."""
    return Say()


@flow.otherwise(At.CARDS, goes_to=At.CARDS)
def unclear(turn: Turn) -> Say:
    """Say what can be answered here."""
    return Say(turn.tell(_("Please tap one of the buttons below.")))


flow.forgets(At.CARDS)


# --- Shall the values be shown? -----------------------------------------------
flow.ask(
    At.REVEAL,
    _("What I show here also stays in your Messenger history. Shall I show it?"),
    choices=(_("Show"), _("Better not")),
)


@flow.on(At.REVEAL, "Show", words=YES, when=is_unseen, goes_to=At.REVEAL)
def warn_again(_turn: Turn) -> Say:
    """Ask again: nobody agrees to a warning they have not seen."""
    return Say()


@flow.on(At.REVEAL, "Show", words=YES, goes_to=At.CARDS)
def show_values(_turn: Turn) -> Say:
    """Show this page with its values."""
    return Say(effects=(LookUp("my_data"),), notes={VALUES: "shown"})


@flow.on(At.REVEAL, "Better not", words=NO, goes_to=At.CARDS)
def keep_hidden(turn: Turn) -> Say:
    """Go back to the page as it was."""
    return Say(turn.tell(_("All right, the values stay hidden.")))


@flow.otherwise(At.REVEAL, goes_to=At.REVEAL)
def not_clear_enough(turn: Turn) -> Say:
    """Show nothing without a clear yes."""
    return Say(turn.tell(_("Please tap one of the buttons below.")))


flow.forgets(At.REVEAL)


flow.check()


def _turned_to(number: int) -> Say:
    return Say(effects=(LookUp("my_data"),), notes={PAGE: str(number)})


def _number(turn: Turn) -> int:
    return int(turn.notes.get(PAGE, "0"))


def _count(turn: Turn) -> int:
    return int(turn.notes.get(PAGES, "1"))


def _sentence(turn: Turn) -> str:
    count = sum(item.older or 1 for item in turn.found.items)
    held = (
        turn.tell(_("I hold one thing about you."))
        if count == 1
        else turn.tell(_("I hold {count} things about you."), count=count)
    )
    if are_shown(turn):
        return held
    return f"{held} {turn.tell(STAY_HIDDEN)}"
