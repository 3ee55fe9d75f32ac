"""Rights: words that have their place, and what this version can honestly answer.

person  correct
bot     I cannot correct your data in this chat yet. Please ask Example e.V.: the
        full notice says how. [Full notice]
"""

from enum import StrEnum
from typing import Final

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.rights_words import CORRECT
from flows.ways import notice_button

ASK_US: Final = _("Please ask {controller}: the full notice says how.")
NOT_YET: Final = {
    CORRECT: _("I cannot correct your data in this chat yet."),
}


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("rights", version=1, places=At, opens_on=(CORRECT,), is_aside=True)


@flow.opens(goes_to=END)
def say_so(turn: Turn) -> Say:
    """Say what this version cannot do, and whom to ask."""
    text = f"{turn.tell(NOT_YET[turn.opener])} {turn.tell(ASK_US)}"
    return Say(text, buttons=notice_button(turn))


flow.check()
