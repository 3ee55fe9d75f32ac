"""Thanks: a kind word gets one back, and no talk about news.

person  thanks
bot     You're welcome.
new     thank you
bot     You're welcome. I am an automated bot. To answer you, Example e.V. keeps your
        Messenger id, encrypted, and what you choose here. Unless you say yes to news, I forget
        you 48 hours after your last message.
        Please don't send health, bank or identity data. [Full notice] [🌐 Language]
"""

from enum import StrEnum

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.words import THANKS


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("thanks", version=1, places=At, opens_on=(THANKS,), is_aside=True)


@flow.opens(goes_to=END)
def answer(turn: Turn) -> Say:
    """Answer kindly and offer nothing."""
    return Say(turn.tell(_("You're welcome.")))


flow.check()
