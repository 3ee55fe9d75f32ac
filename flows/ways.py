"""The one-tap ways onward that any conversation can offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.reply import Button, Choice
from flows.kit.texts import _
from flows.purposes import is_left_alone
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
from flows.words import HELP, KEEP, LANGUAGE, MENU, NEWS, REPEAT, START, STOP

if TYPE_CHECKING:
    from flows.kit.turn import Site, Turn

#: What a payload that names a word begins with: "go:menu".
GO: Final = "go:"

TITLES: Final = {
    NEWS: _("News"),
    MY_DATA: _("My data"),
    LANGUAGE: _("🌐 Language"),
    HELP: _("Help"),
    STOP: _("Stop"),
    START: _("Start"),
    MENU: _("Menu"),
    REPEAT: _("Go on"),
    WITHDRAW: _("Withdraw"),
    RESUME: _("Resume"),
    DELETE_ME: _("Delete me"),
    CASES: _("My requests"),
    YOUR_RIGHTS: _("My data and rights"),
    EXPORT: _("Export"),
    BRING_BACK: _("Bring back"),
    CORRECT: _("Correct"),
    RESTRICT: _("Restrict"),
    OBJECT: _("Object"),
    COMPLAIN: _("Complain"),
    HUMAN: _("A human"),
    KEEP: _("Keep"),
}
FULL_NOTICE: Final = _("Full notice")


def ways(turn: Turn, *words: str) -> tuple[Choice, ...]:
    """Offer words as quick replies; those this Page has no use for are left out."""
    return tuple(Choice(turn.tell(TITLES[w]), GO + w) for w in words if is_useful(turn.site, w))


def offers(turn: Turn, *words: str) -> tuple[Choice, ...]:
    """Offer words that nobody asked for: no news to whoever refused or withdrew them lately."""
    return ways(turn, *(word for word in words if word != NEWS or not is_left_alone(turn)))


def ask_the_team(turn: Turn) -> Choice:
    """Offer a human, in words that say what the tap does."""
    return Choice(turn.tell(_("Ask the team")), GO + HUMAN)


def is_useful(site: Site, word: str) -> bool:
    """Tell whether a word leads anywhere on this Page."""
    if word == NEWS:
        return bool(site.purposes)
    return word != LANGUAGE or len(site.languages) > 1


def notice_button(turn: Turn) -> tuple[Button, ...]:
    """Offer the full notice, where its address is configured."""
    url = turn.site.privacy_url
    if not url:
        return ()
    # The browser may speak another language than the person chose here.
    return (Button(turn.tell(FULL_NOTICE), url=f"{url}?lang={turn.language}"),)


def language_button(turn: Turn) -> tuple[Button, ...]:
    """Offer to change the language, where the Page speaks more than one."""
    if not is_useful(turn.site, LANGUAGE):
        return ()
    return (Button(turn.tell(TITLES[LANGUAGE]), payload=GO + LANGUAGE),)
