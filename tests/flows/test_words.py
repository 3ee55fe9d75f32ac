"""The words themselves: how they are read, and that none means two things."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING

import pytest

from flows.docs import FOLDER, write
from flows.kit.effects import Withdraw
from flows.kit.person import Memory
from flows.kit.texts import LANGUAGES, translate
from flows.kit.words import Lexicon, Within, normalise
from flows.registry import FLOWS
from flows.rights_words import CASES, DELETE_ME, MY_DATA, RESUME, WITHDRAW
from flows.ways import TITLES
from flows.words import (
    BACK,
    EVERYWHERE,
    LEXICON,
    NO,
    ONLY_OWN,
    REPEAT,
    STOP,
    STOP_SPELLINGS,
    TABLE,
    THANKS,
    WHOLE_ONLY,
    YES,
)
from tests.flows.chat import Chat, make_person

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Stop!!", "stop"),
        ("LÖSCHEN", "loeschen"),
        ("LO\u0308SCHEN", "loeschen"),
        ("LOESCHEN", "loeschen"),
        ("\uff33\uff34\uff2f\uff30", "stop"),
        ("\U0001d412\U0001d413\U0001d40e\U0001d40f", "stop"),
        ("s\u200bt\u200do\u2060p", "stop"),
        ("\u202e\u2066stop\u2069", "stop"),
        ("S.T.O.P.", "stop"),
        ("s t o p", "stop"),
        ("s\u0336t\u0336o\u0336p\u0336", "stop"),
        ("opt-out", "opt out"),
        ("/my_data", "my data"),
        ("désabonnez-moi", "desabonnez moi"),
        ("Dość!", "dosc"),
        ("straße", "strasse"),
        ("🛑🛑 STOP 🖕🏿", "stop"),
        ("\u3164stop\u3164", "stop"),
        ("", ""),
        ("!?…", ""),
        ("👍", ""),
    ],
)
def test_what_people_type_is_brought_to_one_form(typed: str, read: str) -> None:
    """Case, width, accents, punctuation, emoji and hidden characters do not matter."""
    assert normalise(typed) == read


def test_normalising_twice_changes_nothing() -> None:
    """Any text, of any script, is stable after one pass."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(2000):
        text = "".join(chr(dice.randrange(1, 0x11000)) for _ in range(12))
        text = unicodedata.normalize("NFC", text)
        once = normalise(text)
        assert normalise(once) == once, ascii(text)


def test_no_spelling_means_two_things() -> None:
    """Collisions would count in one language only; there are none now."""
    assert LEXICON.collisions == {}


def test_a_word_with_two_meanings_counts_in_its_own_language_only() -> None:
    """Italian "fine" ends; for an English person it is fine."""
    assert LEXICON.find("fine", "it") == STOP
    assert LEXICON.find("fine", "en") is None
    both = Lexicon({"a": {"en": ("x",)}, "b": {"it": ("x",)}}, only_own=frozenset())
    assert both.collisions == {"x": {"a", "b"}}
    assert [both.find("x", code) for code in ("en", "it", "de")] == ["a", "b", None]


def test_every_word_is_spelled_in_every_language() -> None:
    """Nobody has to know English."""
    for word, by_language in TABLE.items():
        assert set(by_language) == set(LANGUAGES), word
        for language, spellings in by_language.items():
            assert all(LEXICON.find(normalise(s), language) == word for s in spellings)


def test_every_word_is_answered() -> None:
    """Each opens a flow, or is about the question that is open."""
    unopened = {word for word in TABLE if FLOWS.opened_by(word) is None}
    assert unopened == {STOP, "back", "cancel", "repeat"}
    assert set(EVERYWHERE) <= set(TABLE)


def test_exceptions_name_words_that_exist() -> None:
    """The two lists of exceptions hold no leftovers."""
    known = {normalise(s) for by in TABLE.values() for texts in by.values() for s in texts}
    assert known >= ONLY_OWN
    assert STOP_SPELLINGS >= WHOLE_ONLY


@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_and_no_are_no_words_of_ours(language: str) -> None:
    """An answer is never taken for a command, and yes never for no."""
    answers = {normalise(text) for text in (*YES[language], *NO[language])}
    assert len(answers) == len(YES[language]) + len(NO[language])
    assert all(LEXICON.find(answer, language) is None for answer in answers)


def test_a_place_takes_a_word_that_works_everywhere_only_on_purpose() -> None:
    """The typed word of DELETE ME, pages turned by their own words, thanks for having stopped."""
    taken = {
        (flow.name, LEXICON.find(word, language))
        for flow in FLOWS
        for arrows in flow.arrows.values()
        for arrow in arrows
        for language, words in (arrow.words or {}).items()
        for word in words
        if LEXICON.find(word, language)
    }
    assert taken == {
        ("delete_me", DELETE_ME),
        ("my_data", BACK),
        ("my_data", REPEAT),
        ("stop", THANKS),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [DELETE_ME, WITHDRAW, RESUME, CASES, MY_DATA])
def test_the_title_of_a_right_means_the_same_when_it_is_typed(word: str, language: str) -> None:
    """Whoever reads a button may also write it."""
    assert LEXICON.find(normalise(translate(language, TITLES[word])), language) == word


@pytest.mark.parametrize("text", ["résumé", "object"])
def test_an_everyday_word_is_no_right_for_others(text: str) -> None:
    """A résumé lifts no restriction."""
    assert LEXICON.find(normalise(text), "fr") is None


def test_contained_words_count_in_short_texts_only() -> None:
    """Five words at most; phrases count as a whole."""
    within = Within(frozenset({"stop", "opt out"}))
    assert within.holds("please stop now")
    assert within.holds("i want to opt out")
    assert not within.holds("opt in out")
    assert not within.holds("nonstop")
    assert not within.holds("one two three four five stop")


def test_the_pages_are_current(tmp_path: Path) -> None:
    """`python -m flows.docs` was run after the last change."""
    write(tmp_path)
    for name in ("words.md", "flows.md"):
        assert (FOLDER / name).read_bytes() == (tmp_path / name).read_bytes()


def test_an_everyday_word_of_another_language_is_no_stop_for_someone_new() -> None:
    """A first "fine" makes nobody Italian, and stops nothing."""
    chat = Chat(make_person(memory=Memory()))
    effects = chat.says("fine").effects
    assert Withdraw() not in effects
    assert chat.person.language == "en"
