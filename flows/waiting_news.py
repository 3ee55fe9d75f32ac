"""Waiting news: what could not be pushed is offered when the person next writes.

given   2 news waiting
person  thanks
bot     You're welcome. News while you were away: 2. [Show] [Not now]
taps    Show
bot     Here it comes.
given   1 news waiting
person  thanks
bot     You're welcome. News while you were away: 1. [Show] [Not now]
taps    Not now
bot     Fine, I leave it out. [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.kit.effects import TellNews
from flows.kit.flow import END, Flow
from flows.kit.reply import Choice, Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.ways import GO, ways
from flows.words import MENU

#: What its two buttons say; nobody types them.
SHOW: Final = "show_news"
NOT_NOW: Final = "not_now"
_OFFER: Final = _("News while you were away: {count}.")


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("waiting_news", version=1, places=At, opens_on=(SHOW, NOT_NOW), is_aside=True)


@flow.opens(goes_to=END)
def decide(turn: Turn) -> Say:
    """Do what was tapped."""
    return Say(effects=(TellNews(is_wanted=turn.opener == SHOW),))


def is_nothing_left(turn: Turn) -> bool:
    """Whether it was shown or left out before, or is of no use any more."""
    return turn.found.fact("count") in {"", "0"}


def was_wanted(turn: Turn) -> bool:
    """Whether the person wants to see it."""
    return turn.found.fact("is_wanted") == "yes"


@flow.on_found("news_told", when=is_nothing_left, goes_to=END)
def nothing(turn: Turn) -> Say:
    """Say so."""
    return Say(turn.tell(_("Nothing is waiting for you.")), choices=ways(turn, MENU))


@flow.on_found("news_told", when=was_wanted, goes_to=END)
def show(turn: Turn) -> Say:
    """Announce what follows."""
    return Say(turn.tell(_("Here it comes.")))


@flow.on_found("news_told", goes_to=END)
def leave_out(turn: Turn) -> Say:
    """Take the no, once and for all."""
    return Say(turn.tell(_("Fine, I leave it out.")), choices=ways(turn, MENU))


flow.check()


def offer(turn: Turn) -> Say:
    """Tell how much waits, with both answers equally easy."""
    choices = (
        Choice(turn.tell(_("Show")), GO + SHOW),
        Choice(turn.tell(_("Not now")), GO + NOT_NOW),
    )
    return Say(turn.tell(_OFFER, count=turn.person.waiting_news), choices=choices)
