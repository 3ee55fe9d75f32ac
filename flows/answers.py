"""The organisation's own answers: what a Page says to the questions that it is asked most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.engine import Draft
from flows.kit.words import normalise, spellings_of
from flows.purposes import in_language
from flows.ways import ask_the_team, offers, ways
from flows.words import MENU, NEWS

if TYPE_CHECKING:
    from flows.hearing import Heard
    from flows.kit.turn import Answer, Site, Turn

NAME: Final = "answers"


def heard_in(*phrases: str) -> frozenset[str]:
    """List the ways in which some words or phrases may be typed, normalised."""
    return frozenset(s for phrase in phrases for s in spellings_of(phrase) if s)


def find(site: Site, text: str) -> Answer | None:
    """Find the answer whose words stand in a text, as whole words and in their order.

    Of several the one with the most words is taken, then the longest, then the first configured.

    Args:
        site: The Page, with its answers.
        text: What was typed, normalised.
    """
    padded = f" {text} "
    found = (
        (spelling.count(" "), len(spelling), -number)
        for number, answer in enumerate(site.answers)
        for spellings in answer.words.values()
        for spelling in spellings
        if f" {spelling} " in padded
    )
    best = max(found, default=None)
    return None if best is None else site.answers[-best[2]]


def language_of(site: Site, text: str) -> str:
    """Tell which language the words of a text belong to, if it is just one; else empty."""
    answer = find(site, text)
    if answer is None:
        return ""
    padded = f" {text} "
    languages = [
        code
        for code, spellings in answer.words.items()
        if any(f" {spelling} " in padded for spelling in spellings)
    ]
    return languages[0] if len(languages) == 1 else ""


def text_for(turn: Turn, heard: Heard) -> str:
    """Give the Page's own answer to what was typed or tapped; empty where it has none."""
    if heard.choice is not None:
        return ""
    answer = find(turn.site, heard.text or heard.word or "")
    return in_language(turn, answer.text) if answer else ""


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
