"""What is said when nothing else fits: never silence, always a way onward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.engine import Draft
from flows.kit.texts import _
from flows.kit.turn import Said, Showed
from flows.purposes import came_late, stays_unsubscribed
from flows.rights_words import BRING_BACK
from flows.ways import TITLES, ask_the_team, offers
from flows.words import HELP, MENU, NEWS, as_shown

if TYPE_CHECKING:
    from flows.kit.flow import AnyFlow
    from flows.kit.turn import Outcome, Turn

NAME: Final = "lost"
#: The place of a text that nobody understood, so that it is counted.
UNKNOWN: Final = "unknown"

SHOWN: Final = {
    "sticker": _("I cannot read stickers, only text."),
    "image": _("I cannot look at pictures, I only read text. I keep nothing of it."),
    "audio": _("I cannot listen to voice messages, I only read text. I keep nothing of it."),
    "video": _("I cannot watch videos, I only read text. I keep nothing of it."),
    "file": _(
        "I only read text, and open a file only where you hand it in with {bring_back}, one at a "
        "time. I keep nothing of this."
    ),
    "location": _("I do not use locations, I only read text. I keep nothing of it."),
}
SHOWN_OTHER: Final = _("I can only read text.")
FIRST_QUESTION: Final = _("This is the first question.")


def cannot_read(turn: Turn) -> str:
    """Say why a sticker, a picture or a voice message gets no better answer."""
    shown = turn.event.input
    kind = shown.kind if isinstance(shown, Showed) else ""
    text = SHOWN.get(kind, SHOWN_OTHER)
    return turn.tell(text, bring_back=as_shown(BRING_BACK, turn.language))


def at_a_loss(turn: Turn) -> Draft:
    """Answer what nobody understood."""
    if isinstance(turn.event.input, Showed):
        said = cannot_read(turn)
    else:
        said = turn.tell(_("I did not understand that. The buttons below show what I can do."))
    onward = (ask_the_team(turn), *offers(turn, NEWS, HELP, MENU))
    place = UNKNOWN if isinstance(turn.event.input, Said) else ""
    return Draft(said=said, choices=onward, flow_name=NAME, place=place)


def is_not_understood(outcome: Outcome) -> bool:
    """Tell whether a text was answered with nothing but a way onward."""
    return (outcome.flow_name, outcome.place) == (NAME, UNKNOWN)


def nothing_open(turn: Turn) -> Draft:
    """Answer BACK, CANCEL or REPEAT where there is no question."""
    return _onward(turn, turn.tell(_("No question is open just now.")), NEWS, MENU)


def left(turn: Turn) -> Draft:
    """Answer CANCEL in a place."""
    said = turn.tell(_("All right, we leave it there. What you answered before stays."))
    return _onward(turn, said, NEWS, MENU)


def too_old(turn: Turn) -> str:
    """Refuse a button of an earlier question."""
    if came_late(turn):
        return stays_unsubscribed(turn)
    return turn.tell(_("That button belongs to an earlier question, so I have not used it."))


def too_old_to_tell(turn: Turn, flow: AnyFlow | None) -> Draft:
    """Refuse a button whose question is over, with a way to ask it anew."""
    again = [w for w in (flow.opens_on if flow else ()) if w in TITLES][:1]
    return _onward(turn, too_old(turn), *again, MENU)


def changed(turn: Turn) -> str:
    """Say why the conversation goes back, after an update or another configuration."""
    return turn.tell(_("This has changed in the meantime, so I ask again."))


def _onward(turn: Turn, said: str, *words: str) -> Draft:
    return Draft(said=said, choices=offers(turn, *words), flow_name=NAME)
