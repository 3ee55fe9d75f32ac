"""Case data: what is kept of whoever made a request; the values only where they are asked for.

finds   {"what": "/cases open", "number": "K7QF-3M2P", "page": "1", "items": 1}
person  /cases open K7QF-3M2P
bot     The person behind K7QF-3M2P is told that you look, and it is on record.
        ABOUT YOU
        Language: •••• What for: to write to you · Legal basis: your request · Kept: 48 hours ·
        You gave it · Who else gets it: nobody
        Page 1 of 1. "You" is the person. [Show values] [Done]
taps    Show values
bot     What I show here stays in your Messenger history, on every device of yours, and nobody can
        call it back. Shall I show it? [Show] [Better not]
taps    Better not
bot     All right, the values stay hidden. Page 1 of 1. "You" is the person. [Show values] [Done]
taps    Show values
bot     What I show here stays in your Messenger history, on every device of yours, and nobody can
        call it back. Shall I show it? [Show] [Better not]
finds   {"what": "/cases open", "number": "K7QF-3M2P", "page": "1", "values": "shown", "items": 1}
taps    Show
bot     The person behind K7QF-3M2P is told that you look, and it is on record.
        ABOUT YOU
        Language: English What for: to write to you · Legal basis: your request · Kept: 48 hours ·
        You gave it · Who else gets it: nobody
        Page 1 of 1. "You" is the person. [Hide values] [Done]
taps    Done
bot     All right. [/cases K7QF-3M2P] [/cases]
"""

from enum import StrEnum
from typing import Final

from flows.admin.ways import command_choices
from flows.cards import page_text, pages_of
from flows.kit.effects import RunCommand
from flows.kit.flow import END, Flow, Option, key_of
from flows.kit.reply import Say
from flows.kit.turn import Turn
from flows.opt_in import is_unseen

#: Note: which request, its page, how many pages, and whether values are shown.
OPENED: Final = "admin_case_data"
NEXT: Final = "Next page"
PREVIOUS: Final = "Previous page"
SHOW: Final = "Show values"
HIDE: Final = "Hide values"
DONE: Final = "Done"


class At(StrEnum):
    """Where this conversation can be."""

    CARDS = "cards"
    REVEAL = "reveal"


flow = Flow("admin_case_data", version=1, places=At, notes=(OPENED,))


@flow.on_found("/cases open", goes_to=At.CARDS)
def show_page(turn: Turn) -> Say:
    """Show one page; what is held may have changed since the last."""
    found = turn.found
    pages = pages_of(turn.in_language("en"), found.items)
    page = min(max(1, int(found.facts["page"][:6])), len(pages))
    values = found.fact("values")
    told = f"The person behind {found.number} is told that you look, and it is on record."
    text = page_text(pages[page - 1], is_shown=bool(values)) if pages else "Nothing is kept."
    note = f"{found.number} {page} {len(pages)} {values}"
    return Say(f"{told}\n\n{text}", notes={OPENED: note})


# --- The cards, a page at a time ----------------------------------------------
def where(turn: Turn) -> str:
    """Say which page this is, and who is meant."""
    return f'Page {_page(turn)} of {_part(turn, 2)}. "You" is the person.'


def turns_and_values(turn: Turn) -> tuple[Option, ...]:
    """Offer the pages around this one, and to show the values or hide them again."""
    titles = [
        *[NEXT] * has_next(turn),
        *[PREVIOUS] * has_previous(turn),
        HIDE if are_shown(turn) else SHOW,
        DONE,
    ]
    return tuple(Option(key_of(title), title) for title in titles)


def has_next(turn: Turn) -> bool:
    """Whether a page follows."""
    return _page(turn) < int(_part(turn, 2) or "1")


def has_previous(turn: Turn) -> bool:
    """Whether a page goes before."""
    return _page(turn) > 1


def are_shown(turn: Turn) -> bool:
    """Whether the values were asked for."""
    return bool(_part(turn, 3))


flow.ask(At.CARDS, where, choices=turns_and_values)


@flow.on(At.CARDS, NEXT, when=has_next, goes_to=END)
def next_page(turn: Turn) -> Say:
    """Look again, through the gate, and show the next page."""
    return _look(turn, _page(turn) + 1, values=are_shown(turn))


@flow.on(At.CARDS, PREVIOUS, when=has_previous, goes_to=END)
def previous_page(turn: Turn) -> Say:
    """Look again and show the page before."""
    return _look(turn, _page(turn) - 1, values=are_shown(turn))


@flow.on(At.CARDS, HIDE, when=are_shown, goes_to=END)
def hide_values(turn: Turn) -> Say:
    """Show this page without values."""
    return _look(turn, _page(turn), values=False)


@flow.on(At.CARDS, SHOW, goes_to=At.REVEAL)
def warn_first(_turn: Turn) -> Say:
    """Go straight to what showing means."""
    return Say()


@flow.on(At.CARDS, DONE, goes_to=END)
def done(turn: Turn) -> Say:
    """Close it."""
    return Say("All right.", choices=command_choices(f"/cases {_part(turn, 0)}", "/cases"))


@flow.otherwise(At.CARDS, goes_to=At.CARDS)
def unclear(_turn: Turn) -> Say:
    """Say what can be answered here."""
    return Say("Please tap one of the buttons below.")


flow.forgets(At.CARDS)


# --- Shall the values be shown? -----------------------------------------------
flow.ask(
    At.REVEAL,
    "What I show here stays in your Messenger history, on every device of yours, and nobody can "
    "call it back. Shall I show it?",
    choices=("Show", "Better not"),
)


@flow.on(At.REVEAL, "Show", when=is_unseen, goes_to=At.REVEAL)
def warn_again(_turn: Turn) -> Say:
    """Ask again: nobody agrees to a warning they have not seen."""
    return Say()


@flow.on(At.REVEAL, "Show", goes_to=END)
def show_values(turn: Turn) -> Say:
    """Show this page with its values."""
    return _look(turn, _page(turn), values=True)


@flow.on(At.REVEAL, "Better not", goes_to=At.CARDS)
def keep_hidden(_turn: Turn) -> Say:
    """Go back to the page as it was."""
    return Say("All right, the values stay hidden.")


@flow.otherwise(At.REVEAL, goes_to=At.REVEAL)
def not_clear_enough(_turn: Turn) -> Say:
    """Show nothing without a clear yes."""
    return Say("Please tap one of the buttons below.")


flow.forgets(At.REVEAL)


flow.check()


def _look(turn: Turn, page: int, *, values: bool) -> Say:
    line = f"/cases open {_part(turn, 0)} {page}{' values' * values}"
    return Say(effects=(RunCommand(line),))


def _part(turn: Turn, place: int) -> str:
    parts = turn.notes.get(OPENED, "").split()
    return parts[place] if place < len(parts) else ""


def _page(turn: Turn) -> int:
    return int(_part(turn, 1) or "1")
