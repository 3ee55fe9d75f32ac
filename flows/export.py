"""Export: everything that is held, as one file, by a link or here in the chat.

person  export
bot     One file with everything that Example e.V. keeps of you: to read, to keep, and to bring back
        one day. The page gives it out once, within 24 hours; whoever has the link can open it.
        Or I send it here in the chat. [Open page] [Send it here] [Delete me] [Menu]
taps    Send it here
bot     Then Meta keeps the file too, in this chat, and we cannot take it back. Shall I send it?
        [Send it] [Better not]
taps    Better not
bot     All right, I send nothing here. The page stays open as I said. [Menu]
person  export
bot     One file with everything that Example e.V. keeps of you: to read, to keep, and to bring back
        one day. The page gives it out once, within 24 hours; whoever has the link can open it.
        Or I send it here in the chat. [Open page] [Send it here] [Delete me] [Menu]
taps    Send it here
bot     Then Meta keeps the file too, in this chat, and we cannot take it back. Shall I send it?
        [Send it] [Better not]
taps    Send it
bot     Your file comes here in a moment. The page is closed now. [Delete me] [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.kit.effects import MakeLink, SendExport
from flows.kit.flow import END, Flow
from flows.kit.reply import Button, Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.opt_in import is_unseen
from flows.rights_words import DELETE_ME, EXPORT
from flows.ways import ways
from flows.words import MENU, NO, YES, as_shown

OPEN_PAGE: Final = _("Open page")
UNCLEAR: Final = _("Please tap one of the buttons below.")


class At(StrEnum):
    """Where this conversation can be, in the order people meet it."""

    OFFER = "offer"
    WARN = "warn"


flow = Flow("export", version=1, places=At, opens_on=(EXPORT,))


@flow.opens(goes_to=At.OFFER)
def ask_for_page(_turn: Turn) -> Say:
    """Have the page made."""
    return Say(effects=(MakeLink("export"),))


def had_enough(turn: Turn) -> bool:
    """Whether there were as many files within a day as there may be."""
    return bool(turn.found.fact("next_in_h"))


@flow.on_found("export", when=had_enough, goes_to=END)
def too_many(turn: Turn) -> Say:
    """Say when the next file can be had."""
    text = turn.tell(
        _("You have had {count} files within a day. The next one is possible in {hours} h."),
        count=turn.found.fact("most"),
        hours=turn.found.fact("next_in_h"),
    )
    return Say(text, choices=ways(turn, MENU))


@flow.on_found("export", goes_to=At.OFFER)
def give_page(turn: Turn) -> Say:
    """Say what the file is, and give the page."""
    text = turn.tell(
        _(
            "One file with everything that {controller} keeps of you: to read, to keep, and to "
            "bring back one day. The page gives it out once, within {hours} hours; whoever has the "
            "link can open it."
        ),
        hours=turn.found.fact("hours"),
    )
    return Say(text, buttons=page_button(turn))


@flow.on_found("export_sent", when=had_enough, goes_to=END)
def too_many_sent(turn: Turn) -> Say:
    """Say when the next file can be had."""
    return too_many(turn)


@flow.on_found("export_sent", goes_to=END)
def announce(turn: Turn) -> Say:
    """Say that the file follows."""
    text = turn.tell(_("Your file comes here in a moment. The page is closed now."))
    return Say(text, choices=ways(turn, DELETE_ME, MENU))


# --- By the page, or here? ----------------------------------------------------
def onward(turn: Turn) -> tuple[Choice, ...]:
    """Offer what many want a copy for."""
    return ways(turn, DELETE_ME, MENU)


flow.ask(At.OFFER, _("Or I send it here in the chat."), choices=(_("Send it here"),), ways=onward)


@flow.on(At.OFFER, "Send it here", goes_to=At.WARN)
def warn_first(_turn: Turn) -> Say:
    """Go straight to what sending it here means."""
    return Say()


@flow.otherwise(At.OFFER, goes_to=At.OFFER)
def unclear(turn: Turn) -> Say:
    """Say what gives a new page, where the button is out of sight."""
    return Say(
        turn.tell(
            _("The button above opens the page. For a new one, write {export}."),
            export=as_shown(EXPORT, turn.language),
        )
    )


flow.forgets(At.OFFER)


# --- Here, although Meta keeps it? --------------------------------------------
flow.ask(
    At.WARN,
    _("Then Meta keeps the file too, in this chat, and we cannot take it back. Shall I send it?"),
    choices=(_("Send it"), _("Better not")),
)


@flow.on(At.WARN, "Send it", words=YES, when=is_unseen, goes_to=At.WARN)
def warn_again(_turn: Turn) -> Say:
    """Ask again: nobody agrees to a warning they have not seen."""
    return Say()


@flow.on(At.WARN, "Send it", words=YES, goes_to=END)
def send_it(_turn: Turn) -> Say:
    """Have the file made and sent."""
    return Say(effects=(SendExport(),))


@flow.on(At.WARN, "Better not", words=NO, goes_to=END)
def send_nothing(turn: Turn) -> Say:
    """Leave it at the page."""
    text = turn.tell(_("All right, I send nothing here. The page stays open as I said."))
    return Say(text, choices=ways(turn, MENU))


@flow.otherwise(At.WARN, goes_to=At.WARN)
def not_clear_enough(turn: Turn) -> Say:
    """Send nothing without a clear yes."""
    return Say(turn.tell(UNCLEAR))


flow.forgets(At.WARN)


flow.check()


def page_button(turn: Turn) -> tuple[Button, ...]:
    """Open the page that was made, in the person's language."""
    return (Button(turn.tell(OPEN_PAGE), url=f"{turn.found.url}?lang={turn.language}"),)
