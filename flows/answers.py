"""The organisation's own answers: what a Page says to the questions that it is asked most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.answer import answer_to
from flows.kit.engine import Draft
from flows.kit.words import normalise
from flows.purposes import in_language
from flows.ways import ask_the_team, offers, ways
from flows.words import MENU, NEWS

if TYPE_CHECKING:
    from flows.hearing import Heard
    from flows.kit.turn import Turn

NAME: Final = "answers"
#: Shorter phrases may be a name, or a part of an address.
_LEAST_WORDS: Final = 3


def text_for(turn: Turn, heard: Heard) -> str:
    """Give the Page's own answer to what was typed or tapped; empty where it has none."""
    if heard.choice is not None:
        return ""
    answer = answer_to(heard.text or heard.word or "", turn.site.answers)
    return in_language(turn, answer.text) if answer else ""


def is_question(turn: Turn, heard: Heard) -> bool:
    """Tell whether a text is nothing but a phrase that has an answer, too long to be a name."""
    is_long = heard.text.count(" ") + 1 >= _LEAST_WORDS
    return is_long and any(
        heard.text in words for answer in turn.site.answers for words in answer.words.values()
    )


def own_answer(turn: Turn, heard: Heard) -> Draft | None:
    """Answer where no question is open, with a way to the team; None where nothing is known."""
    text = text_for(turn, heard)
    if not text:
        return None
    choices = (ask_the_team(turn), *offers(turn, NEWS), *ways(turn, MENU))
    return Draft(said=text, choices=choices, flow_name=NAME)


def questions(turn: Turn) -> str:
    """List what can be asked with one tap before the first contact, in the person's language."""
    asked = (in_language(turn, answer.question) for answer in turn.site.answers if answer.question)
    return " · ".join(asked)


def tapped(question: str) -> str:
    """Write a question as the payload of its button: it is answered as if it was typed."""
    return normalise(question)
