"""Menu: five things, one tap each.

person  menu
bot     What would you like? [News] [My data and rights] [🌐 Language] [Help] [Stop]
"""

from enum import StrEnum

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.rights_words import YOUR_RIGHTS
from flows.ways import ways
from flows.words import HELP, LANGUAGE, MENU, NEWS, STOP


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("menu", version=1, places=At, opens_on=(MENU,), is_aside=True)


@flow.opens(goes_to=END)
def show(turn: Turn) -> Say:
    """Show the five things."""
    choices = ways(turn, NEWS, YOUR_RIGHTS, LANGUAGE, HELP, STOP)
    return Say(turn.tell(_("What would you like?")), choices=choices)


flow.check()
