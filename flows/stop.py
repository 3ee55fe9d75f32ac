"""Stop: all news end at once, and one message says so.

given   yes to Monthly news
person  STOP
bot     Done. You no longer get: Monthly news. Your data is due to be erased on
        2 December 2026; DELETE ME does it now. To come back, write START.
person  please stop sending
bot     I have stopped all news. Is that what you meant? [That's right] [Something else]
taps    That's right
bot     Good. Your data is due to be erased on 2 December 2026; DELETE ME does it now.
        To come back, write START.
person  stop that noise
bot     I have stopped all news. Is that what you meant? [That's right] [Something else]
taps    Something else
bot     Then please tell me in other words. Your news stays off until you write START. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.kit.effects import Withdraw
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Purpose, Turn
from flows.leaving import last_withdrawal, when_erased
from flows.purposes import granted, newer_than, titles
from flows.ways import ways
from flows.words import MENU, NO, START, STOP, TABLE, THANKS, YES, as_shown

#: After so long an answer to "Is that what you meant?" would answer something else.
FORGET_AFTER_S: Final = 3600
#: Thanks for having stopped are a yes.
AGREED: Final = {code: YES[code] + TABLE[THANKS][code] for code in YES}


class At(StrEnum):
    """Where this conversation can be."""

    MEANT = "meant"


flow = Flow("stop", version=1, places=At)


def needs_no_question(turn: Turn) -> bool:
    """Whether the message was STOP itself, or came too late to end everything."""
    return turn.opener == STOP or bool(newer_than(turn, turn.event.at))


@flow.opens(when=needs_no_question, goes_to=END)
def stop(turn: Turn) -> Say:
    """Withdraw everything and say what ended."""
    return Say(confirmation(turn), effects=(Withdraw(),))


@flow.opens(goes_to=At.MEANT)
def stop_to_be_safe(turn: Turn) -> Say:
    """Withdraw everything first, then ask."""
    return Say(turn.tell(_("I have stopped all news.")), effects=(Withdraw(),))


# --- Is that what you meant? --------------------------------------------------
flow.ask(
    At.MEANT,
    _("Is that what you meant?"),
    choices=(_("That's right"), _("Something else")),
)


@flow.on(At.MEANT, "That's right", words=AGREED, goes_to=END)
def confirm(turn: Turn) -> Say:
    """Leave it at that."""
    due = when_erased(turn, ended_at=last_withdrawal(turn), left=granted(turn))
    return Say(" ".join(filter(None, (turn.tell(_("Good.")), due, _way_back(turn)))))


@flow.on(At.MEANT, "Something else", words=NO, goes_to=END)
def listen(turn: Turn) -> Say:
    """Ask for other words; what was stopped stays stopped."""
    text = turn.tell(
        _("Then please tell me in other words. Your news stays off until you write {start}."),
        start=as_shown(START, turn.language),
    )
    return Say(text, choices=ways(turn, MENU))


@flow.otherwise(At.MEANT, goes_to=END)
def move_on(turn: Turn) -> Say:
    """Do not insist."""
    text = turn.tell(_("I did not understand that. The buttons below show what I can do."))
    return Say(text, choices=ways(turn, START, MENU))


flow.forgets(At.MEANT, after_s=FORGET_AFTER_S)


flow.check()


def confirmation(turn: Turn) -> str:
    """Name what this STOP ended, what a newer yes keeps, and the way back."""
    newer = newer_than(turn, turn.event.at)
    ended = [p for p in granted(turn) if p not in newer]
    said = []
    if ended:
        said.append(turn.tell(_("Done. You no longer get: {titles}."), titles=titles(turn, ended)))
    elif not newer:
        said.append(turn.tell(_("Done. {page} sends you no news.")))
    # A STOP that has to be confirmed later was counted when it came.
    ended_at = turn.event.at if turn.opener == STOP else last_withdrawal(turn)
    said.append(when_erased(turn, ended_at=ended_at, left=newer))
    said.append(what_stays(turn, newer) if newer else _way_back(turn))
    return " ".join(filter(None, said))


def what_stays(turn: Turn, newer: tuple[Purpose, ...], word: str = STOP) -> str:
    """Tell the truth where a yes is newer than this STOP, or WITHDRAW."""
    return turn.tell(
        _(
            "Your {stop} came late, and you have said yes since then. You still get: {titles}. "
            "To end that too, write {stop} again."
        ),
        stop=as_shown(word, turn.language),
        titles=titles(turn, newer),
    )


def _way_back(turn: Turn) -> str:
    return turn.tell(_("To come back, write {start}."), start=as_shown(START, turn.language))
