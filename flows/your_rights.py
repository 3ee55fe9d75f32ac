"""Your rights: everything a person can do about their data, one tap each.

person  my rights
bot     What would you like to do with your data? [My data] [Export] [Bring back] [Correct]
        [Withdraw] [Restrict] [Object] [Complain] [A human] [My requests] [Delete me]
person  restrict
bot     Done. I keep your data, but I use it only to answer you here. You get no news. MY DATA,
        DELETE ME and HUMAN go on working. RESUME lifts it again. [Resume] [My data]
person  my rights
bot     What would you like to do with your data? [My data] [Export] [Bring back] [Correct]
        [Withdraw] [Resume] [Object] [Complain] [A human] [My requests] [Delete me]
"""

from enum import StrEnum

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.rights_words import (
    BRING_BACK,
    CASES,
    COMPLAIN,
    CORRECT,
    DELETE_ME,
    EXPORT,
    HUMAN,
    MY_DATA,
    OBJECT,
    RESTRICT,
    RESUME,
    WITHDRAW,
    YOUR_RIGHTS,
)
from flows.ways import ways


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("your_rights", version=1, places=At, opens_on=(YOUR_RIGHTS,), is_aside=True)


@flow.opens(goes_to=END)
def show(turn: Turn) -> Say:
    """Offer every right; a restriction is offered, or its end."""
    words = (
        *(MY_DATA, EXPORT, BRING_BACK, CORRECT, WITHDRAW),
        RESUME if turn.person.is_restricted else RESTRICT,
        *(OBJECT, COMPLAIN, HUMAN, CASES, DELETE_ME),
    )
    text = turn.tell(_("What would you like to do with your data?"))
    return Say(text, choices=ways(turn, *words))


flow.check()
