"""HUMAN, COMPLAIN, OBJECT and CASES: a number, a day, and a truthful list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows import step
from flows.cases import MAX_LISTED
from flows.kit.effects import HandOver, OpenCase
from flows.kit.found import CaseFacts, Found
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Event, TimedOut
from flows.rights_words import CASES, COMPLAIN, HUMAN, OBJECT
from flows.words import as_shown
from tests.flows.chat import START, Chat, make_person, make_site
from tests.flows.finding import DUE, OPENED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [HUMAN, COMPLAIN, OBJECT])
def test_each_opens_its_own_kind_of_case(word: str, language: str) -> None:
    """With its number, its day, and where the answer can come."""
    chat = Chat(make_person(language))
    chat.says(as_shown(word, language))
    if word != HUMAN:
        assert chat.outcome.effects == ()
        chat.taps(translate(language, "Ask the team"))
    handed = (HandOver(),) if word == HUMAN else ()
    assert chat.outcome.effects == (OpenCase(word), *handed)
    assert chat.text.startswith(
        translate(
            language, "I have noted that for the team: they see this chat in the Page's inbox."
        )
    )
    assert "C-1" in chat.text
    assert "2026" in chat.text
    assert as_shown(CASES, language) in chat.text


def test_a_complaint_names_the_authority_and_the_controller() -> None:
    """As configured; without a name it still says where to go."""
    chat = Chat()
    chat.says("complain")
    assert "State Data Office" in chat.text
    assert "Example e.V.: privacy@example.org" in chat.text
    bare = Chat(site=make_site(authority="", contact=""))
    bare.says("complain")
    assert "your data protection authority" in bare.text
    assert "Or write to Example e.V.: the full notice says how." in bare.text


def test_an_objection_hears_first_what_stop_does() -> None:
    """One tap from here."""
    chat = Chat()
    chat.says("object")
    assert chat.text.startswith("STOP ends all news at once")
    assert chat.titles == ("Ask the team", "No, thanks", "Stop")


def test_nobody_is_asked_without_a_yes() -> None:
    """A text is not passed on, and it says so; silence closes the question."""
    chat = Chat()
    chat.says("object")
    assert chat.says("I object to the colour").effects == ()
    assert chat.text.startswith("I pass on no texts")
    assert chat.happens(TimedOut("ask")).replies == ()
    chat.says("complain")
    assert chat.says("no thanks").effects == ()


def test_the_team_is_asked_while_it_has_the_thread() -> None:
    """A right is a right, also by tap."""
    chat = Chat(make_person(is_muted=True))
    chat.says("complain")
    assert chat.taps("Ask the team").effects == (OpenCase("complain"),)


def test_a_case_without_a_day_is_still_confirmed() -> None:
    """Better a short answer than a made-up day."""
    found = Event(Found("case", number="C-1"), START)
    (reply,) = step(make_site(), make_person(), found, now=START).replies
    assert reply.text == "I have noted that for the team: they see this chat in the Page's inbox."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_tells_each_status(language: str) -> None:
    """Unanswered first, then the newest; one line each."""
    chat = Chat(make_person(language))
    chat.findings.cases = [
        CaseFacts("C-1", "complain", "answered", OPENED, DUE),
        CaseFacts("C-2", "object", "waiting", OPENED, DUE),
        CaseFacts("C-3", "human", "open", OPENED + timedelta(days=1), DUE),
    ]
    chat.says(as_shown(CASES, language))
    assert [line[:3] for line in chat.text.splitlines()] == ["C-3", "C-2", "C-1"]


def test_a_long_list_says_what_it_leaves_out() -> None:
    """The oldest, by their number."""
    chat = Chat()
    chat.findings.cases = [
        CaseFacts(f"C-{n}", "human", "open", OPENED + timedelta(days=n), DUE) for n in range(25)
    ]
    chat.says("cases")
    lines = chat.text.splitlines()
    assert len(lines) == MAX_LISTED + 1
    assert lines[0].startswith("C-24:")
    assert lines[-1] == "Older ones not listed here: 15."
