"""Messenger's limits are checked when a reply is made."""

from __future__ import annotations

import pytest

from flows.apology import apology
from flows.bubbles import bubbles
from flows.kit.engine import Draft
from flows.kit.errors import ButtonUnclear, ReplyEmpty, ReplyTooLong, TooManyChoices
from flows.kit.reply import Button, Choice, Reply, Say
from tests.flows.chat import make_site

LINK = Button("Open", url="https://bot.example/")


def test_a_reply_at_the_limits_is_made() -> None:
    """1999 characters, 13 quick replies; with buttons 640 and 3."""
    Reply("x" * 1999, choices=(Choice("t" * 20, "p" * 1000),) * 13)
    Reply("x" * 640, buttons=(LINK,) * 3)


def test_a_text_that_is_too_long_is_refused() -> None:
    """Emoji count as two, as UTF-16 does."""
    with pytest.raises(ReplyTooLong):
        Reply("x" * 2001)
    with pytest.raises(ReplyTooLong):
        Reply("x" * 641, buttons=(LINK,))
    with pytest.raises(ReplyTooLong):
        Reply("😀" * 1001)


def test_titles_and_payloads_that_are_too_long_are_refused() -> None:
    """Messenger would cut or refuse them."""
    for make in (
        lambda: Choice("t" * 21, "p"),
        lambda: Choice("t", "p" * 1001),
        lambda: Button("t" * 21, payload="p"),
        lambda: Button("t", payload="p" * 1001),
    ):
        with pytest.raises(ReplyTooLong):
            make()


def test_too_many_choices_are_refused() -> None:
    """13 quick replies, 3 buttons."""
    with pytest.raises(TooManyChoices):
        Reply("x", choices=(Choice("t", "p"),) * 14)
    with pytest.raises(TooManyChoices):
        Reply("x", buttons=(LINK,) * 4)


def test_empty_texts_and_titles_are_refused() -> None:
    """Messenger refuses them, and nobody could read them."""
    with pytest.raises(ReplyEmpty):
        Reply(" ")
    with pytest.raises(ReplyEmpty):
        Choice("", "p")


def test_a_button_does_one_thing() -> None:
    """Either it answers or it opens a page."""
    with pytest.raises(ButtonUnclear):
        Button("t")
    with pytest.raises(ButtonUnclear):
        Button("t", payload="p", url="https://bot.example/")


def test_a_refusal_never_quotes_the_text() -> None:
    """What was too long may be about a person."""
    with pytest.raises(ReplyTooLong) as caught:
        Reply("secret" * 500)
    assert "secret" not in str(caught.value)
    assert (caught.value.found, caught.value.limit) == (3000, 1999)


def test_all_goes_into_one_bubble_if_it_fits() -> None:
    """Answer, notice, question."""
    draft = Draft(said="Answer.", asked="Question?", choices=(Choice("Yes", "y"),))
    layer = Say("Notice.", buttons=(LINK,), choices=(Choice("Menu", "m"),))
    (bubble,) = bubbles(draft, layer)
    assert bubble.text == "Answer.\n\nNotice.\n\nQuestion?"
    assert bubble.choices == draft.choices
    assert bubble.buttons == (LINK,)


def test_what_does_not_fit_is_split_before_the_question() -> None:
    """The buttons stay with the notice, the quick replies with the last bubble."""
    draft = Draft(said="Answer.", asked="q" * 700, choices=(Choice("Yes", "y"),))
    first, second = bubbles(draft, Say("Notice.", buttons=(LINK,)))
    assert (first.text, first.buttons, first.choices) == ("Answer.\n\nNotice.", (LINK,), ())
    assert (second.text, second.buttons, second.choices) == ("q" * 700, (), draft.choices)


def test_a_long_answer_comes_before_the_notice() -> None:
    """Two bubbles; the ways onward stand under the last one."""
    first, second = bubbles(
        Draft(said="a" * 700), Say("Notice.", buttons=(LINK,), choices=(Choice("Menu", "m"),))
    )
    assert (first.text, first.buttons) == ("a" * 700, ())
    assert (second.text, second.buttons, second.choices[0].title) == ("Notice.", (LINK,), "Menu")


def test_nothing_to_say_makes_no_bubble() -> None:
    """A silent time-out sends nothing."""
    assert bubbles(Draft(), None) == ()


def test_the_apology_is_said_in_the_language_of_the_person() -> None:
    """Or the Page's, where none is known yet."""
    site = make_site(default_language="de")
    assert apology(site, "en").text.startswith("Something went wrong on our side")
    assert apology(site, None).text.startswith("Bei uns ist")
