"""Cases: what was asked of the team, and how far it is.

person  cases
bot     You have asked the team nothing so far. [Menu]
person  human
bot     I have noted that for the team: they see this chat in the Page's inbox. Your request
        is C-1; the answer comes by 2 December 2026. I can write here for 24 hours after your
        last message; later it waits until you write CASES, which also shows how far it is.
        While the team has this chat I stay quiet; STOP and your rights words still work.
        [My requests] [Menu]
taps    My requests
bot     C-1: a word with the team. Open since 2 November 2026, answer due by 2 December 2026.
        [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.dates import day_in
from flows.kit.effects import Effect, HandOut, LookUp
from flows.kit.flow import END, Flow
from flows.kit.found import CaseFacts
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.notices import KINDS, answer_text
from flows.rights_words import CASES
from flows.ways import ways
from flows.words import MENU

#: More would fill the screen; the newest and the unanswered come first.
MAX_LISTED: Final = 10

STATUSES: Final = {
    "open": _("{number}: {kind}. Open since {opened_on}, answer due by {due_on}."),
    "waiting": _("{number}: {kind}. Answered; the answer waits until it can reach you."),
    "answered": _("{number}: {kind}. Answered."),
}
_HANDED_OUT: Final = _("{number}: {kind}. Answered: see above.")


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("cases", version=1, places=At, opens_on=(CASES,), is_aside=True)


@flow.opens(goes_to=END)
def look_up(_turn: Turn) -> Say:
    """Look for this person's requests."""
    return Say(effects=(LookUp("cases"),))


def has_none(turn: Turn) -> bool:
    """Whether nothing was ever asked."""
    return not _cases(turn)


@flow.on_found("cases", when=has_none, goes_to=END)
def none(turn: Turn) -> Say:
    """Say that there is none."""
    text = turn.tell(_("You have asked the team nothing so far."))
    return Say(text, choices=ways(turn, MENU))


@flow.on_found("cases", goes_to=END)
def list_them(turn: Turn) -> Say:
    """List the requests, one line each, below the answers that waited."""
    cases = _cases(turn)
    lines = [_line(turn, case) for case in cases[:MAX_LISTED]]
    if len(cases) > MAX_LISTED:
        older = turn.tell(_("Older ones not listed here: {count}."), count=len(cases) - MAX_LISTED)
        lines.append(older)
    return Say("\n".join(lines), choices=ways(turn, MENU), effects=_answers(turn, cases))


flow.check()


def _answers(turn: Turn, cases: list[CaseFacts]) -> tuple[Effect, ...]:
    return tuple(
        HandOut(
            case.ref,
            answer_text(turn.language, number=case.number, kind=case.kind, text=case.answer),
        )
        for case in cases
        if case.answer
    )


def _cases(turn: Turn) -> list[CaseFacts]:
    """Order the requests: unanswered first, then the newest."""
    newest = sorted(turn.found.cases, key=lambda case: case.opened_on, reverse=True)
    return sorted(newest, key=lambda case: case.status == "answered")


def _line(turn: Turn, case: CaseFacts) -> str:
    return turn.tell(
        _HANDED_OUT if case.answer else STATUSES[case.status],
        number=case.number,
        kind=turn.tell(KINDS[case.kind]),
        opened_on=day_in(turn.language, case.opened_on),
        due_on=day_in(turn.language, case.due_on),
    )
