"""What a Page answers by itself, and how a text finds it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.kit.words import spellings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Answer:
    """A text and the words that it is given to; everything by two-letter language."""

    #: Normalised: a text that has one of these in it is answered.
    words: Mapping[str, frozenset[str]]
    text: Mapping[str, str]
    #: As people can tap it before they first write; empty where it is not offered.
    question: Mapping[str, str] = field(default_factory=dict)

    def language_of(self, text: str) -> str:
        """Tell which language its words in a normalised text are of, if just one; else empty."""
        found = [code for code, words in self.words.items() if any(_held(words, text))]
        return found[0] if len(found) == 1 else ""


def heard_in(*phrases: str) -> frozenset[str]:
    """List the ways in which some words or phrases may be typed, normalised."""
    return frozenset(s for phrase in phrases for s in spellings_of(phrase) if s)


def answer_to(text: str, answers: Sequence[Answer]) -> Answer | None:
    """Find the answer whose words stand in a normalised text, whole and in their order.

    Of several the one with the most words is taken, then the longest, then the first.
    """
    found = (
        (spelling.count(" "), len(spelling), -number)
        for number, answer in enumerate(answers)
        for words in answer.words.values()
        for spelling in _held(words, text)
    )
    best = max(found, default=None)
    return None if best is None else answers[-best[2]]


def _held(words: Iterable[str], text: str) -> Iterable[str]:
    padded = f" {text} "
    return (word for word in words if f" {word} " in padded)
