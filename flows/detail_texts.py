"""What is said about each detail: a name, an e-mail address, a phone number, a time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.effects import WantDetail
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.purposes import granted, titles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.kit.turn import Purpose, Turn

NAME: Final = "name"
EMAIL: Final = "email"
PHONE: Final = "phone"

#: How each is called on a button.
LABELS: Final = {
    NAME: _("Name"),
    EMAIL: _("E-mail"),
    PHONE: _("Phone"),
    "time_zone": _("Time zone"),
}
#: Why it is asked for.
REASONS: Final = {
    NAME: _("For this we need your name: {titles}."),
    EMAIL: _("For this we need your e-mail address: {titles}."),
    PHONE: _("For this we need your phone number: {titles}."),
    "time_zone": _("For this we need your time zone: {titles}."),
}
#: What is asked where somebody gives it in the chat.
REQUESTS: Final = {
    NAME: _("Please write your name."),
    EMAIL: _("Please write your e-mail address."),
    PHONE: _("Please write your phone number with its country code, such as +49 30 901820."),
    "time_zone": _("Please write the large city whose time you live by, such as Berlin."),
}
#: What is said where it can't be that.
REFUSALS: Final = {
    NAME: _("A name has 100 characters at most here."),
    EMAIL: _("That is no e-mail address that mail can go to. Perhaps there is a slip in it."),
    PHONE: _("That is no whole phone number. Perhaps the country code is missing."),
    "time_zone": _("I know no time zone by that name."),
}


def needing(turn: Turn, name: str) -> tuple[Purpose, ...]:
    """List what the person said yes to that needs this detail."""
    return tuple(p for p in granted(turn) if name in p.needs)


def needed(turn: Turn, purposes: Iterable[Purpose]) -> tuple[str, ...]:
    """List the details that purposes need; no address where no mail can be sent."""
    names = dict.fromkeys(name for purpose in purposes for name in purpose.needs)
    return tuple(name for name in names if name != EMAIL or turn.site.has_mail)


def to_ask_for(turn: Turn, purposes: Iterable[Purpose]) -> tuple[str, ...]:
    """List the details that may be asked for unasked: what somebody skipped is not."""
    skipped = turn.person.memory.skipped
    return tuple(name for name in needed(turn, purposes) if name not in skipped)


def reason(turn: Turn, name: str) -> str:
    """Say in one sentence what needs this detail; empty where nothing does."""
    purposes = needing(turn, name)
    return turn.tell(REASONS[name], titles=titles(turn, purposes)) if purposes else ""


def next_detail(turn: Turn, said: str) -> Say:
    """Say something and go on to the next detail that is needed, if there is one."""
    return Say(effects=(WantDetail(to_ask_for(turn, granted(turn)), before=said),))
