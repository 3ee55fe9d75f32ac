"""Help: what can I say?

person  help
bot     You can write at any time: MENU to see what there is, LANGUAGE to change the language,
        STOP to end all news, START to get news.
        About your data: MY DATA, EXPORT, CORRECT, WITHDRAW, RESTRICT, OBJECT, COMPLAIN, CASES,
        HUMAN, DELETE ME. [News] [My data and rights] [🌐 Language] [Menu]
"""

from enum import StrEnum
from typing import Final

from flows.answers import questions
from flows.kit.flow import END, Flow
from flows.kit.reply import Say
from flows.kit.texts import _
from flows.kit.turn import Turn
from flows.rights_words import (
    CASES,
    COMPLAIN,
    CORRECT,
    DELETE_ME,
    EXPORT,
    HUMAN,
    MY_DATA,
    OBJECT,
    RESTRICT,
    WITHDRAW,
    YOUR_RIGHTS,
)
from flows.ways import ways
from flows.words import HELP, LANGUAGE, MENU, NEWS, START, STOP, as_shown

#: Each answer names its counterpart, as RESUME for RESTRICT.
ABOUT_DATA: Final = (
    *(MY_DATA, EXPORT, CORRECT, WITHDRAW, RESTRICT, OBJECT, COMPLAIN, CASES, HUMAN, DELETE_ME),
)


class At(StrEnum):
    """No places: one answer, and the chat goes on where it was."""


flow = Flow("help", version=1, places=At, opens_on=(HELP,), is_aside=True)


@flow.opens(goes_to=END)
def explain(turn: Turn) -> Say:
    """Name the words that help most, then those about one's data."""
    text = turn.tell(
        _(
            "You can write at any time: {menu} to see what there is, {language} to change the "
            "language, {stop} to end all news, {start} to get news."
        ),
        menu=as_shown(MENU, turn.language),
        language=as_shown(LANGUAGE, turn.language),
        stop=as_shown(STOP, turn.language),
        start=as_shown(START, turn.language),
    )
    words = ", ".join(as_shown(word, turn.language) for word in ABOUT_DATA)
    about = turn.tell(_("About your data: {words}."), words=words)
    asked = questions(turn)
    if asked:
        about += "\n\n" + turn.tell(_("You can also ask: {questions}"), questions=asked)
    return Say(f"{text}\n\n{about}", choices=ways(turn, NEWS, YOUR_RIGHTS, LANGUAGE, MENU))


flow.check()
