"""What an admin types is taken apart, however it is written."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from flows.admin.line import MAX_LINE_CHARS, command_in, parse
from flows.kit.turn import Event, Said, Tapped
from tests.flows.chat import START

SEED = random.randrange(2**32)
QUOTES = ("''", '""', "\u201c\u201d", "\u201e\u201c", "\u00ab\u00bb", "\u2018\u2019")
UNSEEN = ("Cs", "Cc", "Cf", "Zs", "Zl", "Zp")
letters = st.characters(exclude_categories=UNSEEN, exclude_characters="".join(QUOTES))
words = st.text(letters, min_size=1, max_size=12)


@pytest.mark.parametrize(
    "typed",
    [
        "/audit",
        "/AUDIT",
        "  /audit  ",
        "/ audit",
        "/audit!",
        "/audit\u00a0",
        "\u200b/audit",
        "\uff0faudit",
        '"/audit"',
        "\u201c/audit\u201d",
        "/audit\U0001f6d1",
        "\n/audit\n",
    ],
)
def test_a_command_is_found_however_it_is_written(typed: str) -> None:
    """Capitals, spaces, quotes, emoji, marks and slashes of other kinds do no harm."""
    line = parse(typed)
    assert line is not None
    assert (line.name, line.args) == ("audit", ())


@pytest.mark.parametrize("typed", ["", "/", "//", "/!", "audit", "a /audit", "/ ", "\u200b", "'/'"])
def test_what_is_no_command_is_none(typed: str) -> None:
    """Without a slash and a word behind it, it is ordinary talk."""
    assert parse(typed) is None


@pytest.mark.parametrize(
    ("typed", "args"),
    [
        ("/x a b", ("a", "b")),
        ('/x "a b" c', ("a b", "c")),
        ("/x \u201ea b\u201c", ("a b",)),
        ("/x it's five o'clock", ("it's", "five", "o'clock")),
        ('/x "never closed', ('"never', "closed")),
        ('/x "" a', ("a",)),
    ],
)
def test_words_are_cut_at_spaces_but_not_in_quotes(typed: str, args: tuple[str, ...]) -> None:
    """Quotes of any kind hold words together; one that is never closed is a letter."""
    line = parse(typed)
    assert line is not None
    assert line.args == args


def test_what_is_too_long_is_cut() -> None:
    """No more is read than Messenger lets a person write."""
    line = parse("/x " + "a" * 5000)
    assert line is not None
    assert len(line.rest) <= MAX_LINE_CHARS


@seed(SEED)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=3000))
def test_nothing_that_anybody_types_breaks_it(typed: str) -> None:
    """Whatever is typed is taken apart or is none; names are plain and arguments not empty."""
    print(f"seed {SEED}")
    for text in (typed, f"/{typed}"):
        line = parse(text)
        if line is not None:
            assert line.name.isalnum()
            assert all(arg == arg.strip() != "" for arg in line.args)
            assert len(line.rest) <= MAX_LINE_CHARS


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(st.lists(words, max_size=6), st.sampled_from(QUOTES), st.integers(1, 4))
def test_what_was_put_together_comes_apart_again(args: list[str], quotes: str, spaces: int) -> None:
    """Words in quotes of any kind and any number of spaces between them are found again."""
    print(f"seed {SEED}")
    quoted = (f"{quotes[0]}{arg}{quotes[1]}" for arg in args)
    line = parse((" " * spaces).join(["/do", *quoted]))
    assert line is not None
    assert list(line.args) == args


def test_old_and_foreign_buttons_are_no_commands() -> None:
    """Only our own payload stands for a command; in standby nothing is one."""
    assert command_in(Event(Tapped("cmd:/audit", "Audit"), START)) == "/audit"
    assert command_in(Event(Tapped("go:/audit", "/audit"), START)) == ""
    assert command_in(Event(Said("/audit"), START, is_standby=True)) == ""
