"""Bring back: whoever returns hands in their file, and gets language and details again.

person  bring back
bot     Do you have the file that you once got by EXPORT? It brings back your language and the
        details you gave. What you agreed to is asked anew. The page takes the file once, within 24
        hours. Or send it here as an attachment; then Meta keeps it too. [Open page] [Better not]
person  what file
bot     I wait for the file: on the page, or here as an attachment.
        Or send it here as an attachment; then Meta keeps it too. [Better not]
taps    Better not
bot     All right, nothing was brought back. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.export import page_button
from flows.kit.effects import MakeLink, TakeFile
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Showed, Turn
from flows.rights_words import BRING_BACK, EXPORT
from flows.ways import ways
from flows.words import MENU, NEWS, NO, as_shown

#: As long as somebody needs to look for a file.
FORGET_AFTER_S: Final = 3600

#: Why a file that was sent here brings nothing back.
FAULTS: Final = {
    "broken": _("I cannot read this file: it is not one of mine, or a part of it is missing."),
    "changed": _("This file was changed since it was made, or it was made elsewhere."),
    "foreign": _("This file was made for another chat."),
    "used": _("This file was handed in before, and counts once."),
    "too_large": _("This file is too large for the chat. The page takes it."),
    "unreachable": _("I could not fetch this file from Messenger. The page takes it."),
}
NOTHING_BACK: Final = _("Nothing was brought back.")


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    FILE = "file"
    READING = "reading"


flow = Flow("bring_back", version=1, places=At, opens_on=(BRING_BACK,))


@flow.opens(goes_to=At.FILE)
def ask_for_page(_turn: Turn) -> Say:
    """Have the page made."""
    return Say(effects=(MakeLink("bring_back"),))


@flow.on_found("bring_back", goes_to=At.FILE)
def give_page(turn: Turn) -> Say:
    """Say what comes back and what not, and give the page."""
    hours = turn.found.fact("hours")
    text = turn.tell(
        _(
            "Do you have the file that you once got by {export}? It brings back your language and "
            "the details you gave. What you agreed to is asked anew. The page takes the file once, "
            "within {hours} hours."
        ),
        export=as_shown(EXPORT, turn.language),
        hours=hours,
    )
    return Say(text, buttons=page_button(turn))


def is_refused(turn: Turn) -> bool:
    """Whether the file brought nothing back."""
    return turn.found.fact("fault") in FAULTS


@flow.on_found("brought_back", when=is_refused, goes_to=At.FILE)
def refuse(turn: Turn) -> Say:
    """Say what is wrong with the file."""
    return Say(f"{turn.tell(FAULTS[turn.found.fact('fault')])} {turn.tell(NOTHING_BACK)}")


@flow.on_found("brought_back", goes_to=END)
def welcome_back(turn: Turn) -> Say:
    """Say what is back, and offer what has to be asked anew."""
    text = turn.tell(
        _(
            "Your language and the details you gave are back; an e-mail address has to be checked "
            "again. What you agreed to did not come back: {news} asks you anew."
        ),
        news=as_shown(NEWS, turn.language),
    )
    return Say(text, choices=ways(turn, NEWS, MENU))


# --- Where is the file? -------------------------------------------------------
flow.ask(
    At.FILE,
    _("Or send it here as an attachment; then Meta keeps it too."),
    choices=(_("Better not"),),
    takes_file=True,
)


def is_file(turn: Turn) -> bool:
    """Whether a file was sent that can be fetched."""
    return isinstance(turn.event.input, Showed)


@flow.on(At.FILE, when=is_file, goes_to=At.READING)
def take_file(turn: Turn) -> Say:
    """Have the file fetched."""
    came = turn.event.input
    return Say(effects=(TakeFile(came.url if isinstance(came, Showed) else ""),))


@flow.on(At.FILE, "Better not", words=NO, goes_to=END)
def leave_it(turn: Turn) -> Say:
    """Leave everything as it is."""
    return Say(turn.tell(_("All right, nothing was brought back.")), choices=ways(turn, MENU))


@flow.otherwise(At.FILE, goes_to=At.FILE)
def unclear(turn: Turn) -> Say:
    """Say what is waited for."""
    return Say(turn.tell(_("I wait for the file: on the page, or here as an attachment.")))


flow.forgets(At.FILE, after_s=FORGET_AFTER_S)


# --- While the file is read ---------------------------------------------------
flow.ask(At.READING, _("I am reading your file. That takes some seconds."))


@flow.on_found("file_ordered", goes_to=At.READING)
def begin_reading(_turn: Turn) -> Say:
    """Say that it has begun."""
    return Say()


@flow.otherwise(At.READING, goes_to=At.READING)
def still_reading(_turn: Turn) -> Say:
    """Say that it goes on."""
    return Say()


flow.forgets(At.READING, after_s=FORGET_AFTER_S)


flow.check()
