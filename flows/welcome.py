"""Welcome: who is new gets an answer first, and then hears what this is.

new     hello
bot     Hello! I am an automated bot. To answer you, Example e.V. keeps your Messenger id,
        encrypted, and what you choose here. Unless you say yes to news, I forget you 48 hours
        after your last message.
        Please don't send health, bank or identity data. [Full notice] [🌐 Language]
        [News] [Menu]
person  hello
bot     Hello! What would you like? [News] [Menu]
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import HandedBack, Turn
from flows.ways import language_button, notice_button, offers
from flows.words import HELLO, MENU, NEWS

#: After so long a silence people are told again that this is a bot.
LONG_SILENCE: Final = timedelta(days=180)


class At(StrEnum):
    """No places: one answer, and the person says what comes next."""


flow = Flow("welcome", version=1, places=At, opens_on=(HELLO,))


def is_to_be_told(turn: Turn) -> bool:
    """Whether to say what this is: at first, after long silence, and after a human."""
    memory = turn.person.memory
    if memory.told_at is None or isinstance(turn.event.input, HandedBack):
        return True
    last = max(memory.told_at, memory.last_heard_at or memory.told_at)
    return turn.event.at - last > LONG_SILENCE


@flow.opens(when=is_to_be_told, goes_to=END)
def greet(turn: Turn) -> Say:
    """Greet; the first layer of the notice follows in the same bubble."""
    return Say(turn.tell(_("Hello!")), choices=offers(turn, NEWS, MENU))


@flow.opens(goes_to=END)
def greet_again(turn: Turn) -> Say:
    """Greet someone who knows what this is."""
    text = turn.tell(_("Hello! What would you like?"))
    return Say(text, choices=offers(turn, NEWS, MENU))


flow.check()


def first_layer(turn: Turn) -> Say:
    """Say that this is a bot, what it keeps, for how long, and what not to send."""
    text = turn.tell(
        _(
            "I am an automated bot. To answer you, {controller} keeps your Messenger id, "
            "encrypted, and what you choose here. Unless you say yes to news, I forget you "
            "{stranger_hours} hours after your last message. Please don't send health, bank or "
            "identity data."
        )
    )
    buttons = notice_button(turn) + language_button(turn)
    return Say(text, buttons=buttons, choices=offers(turn, NEWS, MENU))


def back_from_human(turn: Turn) -> str:
    """Say who writes from here on."""
    return turn.tell(_("From here on you are talking to the automated bot again."))
