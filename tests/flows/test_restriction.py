"""RESTRICT and RESUME: done at once, said once."""

from __future__ import annotations

import pytest

from flows.kit.effects import Restrict, Withdraw
from flows.kit.person import ConsentState
from flows.kit.texts import LANGUAGES, translate
from flows.rights_words import RESTRICT, RESUME
from flows.words import NEWS, START, as_shown
from tests.flows.chat import MONTHLY, Chat, make_person
from tests.flows.chat import START as BEGINNING


def restricted(language: str = "en") -> Chat:
    """Bring someone who has a yes and restricted everything."""
    granted = {MONTHLY.id: ConsentState(granted_at=BEGINNING)}
    chat = Chat(make_person(language, consents=granted))
    chat.says(as_shown(RESTRICT, language))
    return chat


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_words_act_at_once_with_one_bubble(language: str) -> None:
    """No question before; what stays possible and the way back are in it."""
    chat = restricted(language)
    assert chat.outcome.effects == (Restrict(is_restricted=True),)
    assert len(chat.outcome.replies) == 1
    assert as_shown(RESUME, language) in chat.text
    assert chat.says(as_shown(RESUME, language)).effects == (Restrict(is_restricted=False),)
    assert len(chat.outcome.replies) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [NEWS, START])
def test_news_are_refused_with_a_way_to_lift_it(word: str, language: str) -> None:
    """Nothing is asked while nothing may be used."""
    chat = restricted(language)
    assert chat.says(as_shown(word, language)).effects == ()
    assert chat.person.position is None
    assert translate(language, "Resume") in chat.titles
    chat.taps(translate(language, "Resume"))
    assert not chat.person.is_restricted


def test_an_open_question_about_news_is_closed() -> None:
    """Its yes can't slip in behind the restriction."""
    chat = Chat()
    chat.says("news")
    yes = chat.outcome.replies[-1].choices[0].payload
    chat.says("restrict")
    assert chat.person.position is None
    assert chat.says("yes").effects == ()
    assert yes


@pytest.mark.parametrize("word", ["help", "menu", "language", "my data", "stop", "hello"])
def test_everything_else_is_answered_as_ever(word: str) -> None:
    """Restricted is not silenced; STOP withdraws."""
    chat = restricted()
    outcome = chat.says(word)
    assert outcome.replies
    assert (Withdraw() in outcome.effects) is (word == "stop")
    assert chat.person.is_restricted


def test_what_comes_again_is_said_truly() -> None:
    """A consent that still stands, or none."""
    chat = restricted()
    chat.says("stop")
    chat.says("resume")
    assert chat.text.startswith("Done. I use your data again as before. Example Page sends you no")
