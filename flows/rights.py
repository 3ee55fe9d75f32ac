"""Rights: words that have their place, and what this version can honestly answer.

person  my data
bot     This version cannot show your data in the chat yet. Please ask Example e.V.: the
        full notice says how. [Full notice]
person  delete me
bot     This version cannot delete your data from the chat yet. STOP ends all news at once.
        Please ask Example e.V.: the full notice says how. [Full notice]
"""

from enum import StrEnum
from typing import Final

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.ways import notice_button
from flows.words import (
    CASES,
    CORRECT,
    DELETE_ME,
    EXPORT,
    HUMAN,
    MY_DATA,
    RESTRICT,
    RESUME,
    RIGHTS,
)


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("rights", version=1, places=At, opens_on=RIGHTS, is_aside=True)

ASK_US: Final = _("Please ask {controller}: the full notice says how.")

NOT_YET: Final = {
    MY_DATA: _("This version cannot show your data in the chat yet."),
    EXPORT: _("This version cannot hand out your data in the chat yet."),
    CORRECT: _("This version cannot correct your data in the chat yet."),
    RESTRICT: _(
        "This version cannot restrict the use of your data in the chat yet. STOP ends all news "
        "at once."
    ),
    RESUME: _("This version cannot lift a restriction in the chat yet."),
    DELETE_ME: _(
        "This version cannot delete your data from the chat yet. STOP ends all news at once."
    ),
    CASES: _("This version keeps no list of requests in the chat yet."),
    HUMAN: _("This version cannot call a human into the chat yet."),
}


@flow.opens(goes_to=END)
def say_so(turn: Turn) -> Say:
    """Say what this version cannot do, and whom to ask."""
    text = f"{turn.tell(NOT_YET[turn.opener])} {turn.tell(ASK_US)}"
    return Say(text, buttons=notice_button(turn))


flow.check()
