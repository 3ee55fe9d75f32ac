"""Dates as people read them, and texts cut and split to what Messenger takes."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from babel.dates import format_date

from flows.bubbles import bubbles
from flows.dates import day_in
from flows.kit.cutting import cut, pieces
from flows.kit.engine import Draft
from flows.kit.reply import Choice, length_of
from flows.kit.texts import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_are_written_as_the_language_writes_them(language: str) -> None:
    """Every day of a year, as the Unicode locale data has it."""
    locale = "en_GB" if language == "en" else language
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(days=n)
        assert day_in(language, day) == format_date(day, "long", locale=locale)


def test_pieces_fit_and_lose_nothing_but_spaces() -> None:
    """At a line, else at a word, else anywhere; emoji count as two."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(500):
        text = "".join(dice.choices("ab \n😀é", (9, 9, 3, 1, 2, 2), k=dice.randrange(300)))
        split = list(pieces(text, 40))
        assert all(length_of(piece) <= 40 for piece in split)
        assert "".join("".join(split).split()) == "".join(text.split())
        assert all(piece.strip() for piece in split[1:])
    assert list(pieces("one two\nthree", 9)) == ["one two", "three"]
    assert list(pieces("one two", 5)) == ["one", "two"]


def test_what_is_cut_says_so() -> None:
    """Within the limit, with an ellipsis."""
    assert cut("short", 5) == "short"
    assert cut("longer", 5) == "long…"
    assert cut("😀😀😀", 5) == "😀😀…"


def test_a_very_long_answer_is_split_and_the_question_comes_last() -> None:
    """Only the answer; a question that is too long stays refused."""
    draft = Draft(said="word " * 900, asked="Question?", choices=(Choice("Yes", "y"),))
    replies = bubbles(draft, None)
    assert len(replies) == 3
    assert replies[-1].text.endswith("Question?")
    assert [len(reply.choices) for reply in replies] == [0, 0, 1]
