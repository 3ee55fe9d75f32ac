"""What others did is told after the answer, once, and never around STOP or a right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows import notices
from flows.kit.effects import HandOut, HandOver, MarkAnswersTold, MarkLooksTold
from flows.kit.found import CaseFacts
from flows.kit.person import Look, Memory
from flows.kit.reply import MAX_TEXT_CHARS, Reply, length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Arrived, HandedBack, Said, TimedOut
from flows.rights_words import CASES, RIGHTS
from flows.words import STOP, as_shown
from tests.flows.chat import START, Chat, make_person
from tests.flows.finding import DUE, OPENED

LOOK = Look("owner", date(2026, 11, 1))
LATER = Look("viewer", date(2026, 11, 2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_look_is_told_after_the_answer(language: str) -> None:
    """The answer comes first; the look is told then, with its role, in the same bubble."""
    chat = Chat(make_person(language, looks=(LOOK,)))
    outcome = chat.says("qwertz")
    assert len(outcome.replies) == 1
    assert MarkLooksTold() in outcome.effects
    told = notices.looks_text(language, [LOOK])
    assert told in chat.text
    assert not chat.text.startswith(told)
    assert translate(language, "owner") in told


def test_many_looks_are_one_line() -> None:
    """How many, and when the last was."""
    text = notices.looks_text("en", [LOOK, LATER])
    assert text == (
        "The team looked at your data. Looks you don't know of yet: 2, the last on "
        "2 November 2026. MY DATA shows every one."
    )


@pytest.mark.parametrize("word", [STOP, *RIGHTS])
def test_nothing_is_told_around_stop_and_rights(word: str) -> None:
    """Whoever uses a right hears of that and of nothing else."""
    chat = Chat(make_person(looks=(LOOK,), waiting_answers=1))
    outcome = chat.says(as_shown(word, "en"))
    assert MarkLooksTold() not in outcome.effects
    assert "Somebody of the team" not in chat.text
    assert "waits for you" not in chat.text


@pytest.mark.parametrize("came", [TimedOut("ask"), HandedBack(), Arrived()])
def test_only_what_the_person_writes_is_contact(
    came: TimedOut | HandedBack | Arrived,
) -> None:
    """A timer, a link or a human that leaves is no word of theirs."""
    outcome = Chat(make_person(looks=(LOOK,))).happens(came)
    assert MarkLooksTold() not in outcome.effects


def test_a_stop_that_is_still_owed_comes_alone() -> None:
    """Its confirmation stands in front of the answer, and nothing else is added."""
    memory = Memory(told_at=START, last_heard_at=START, owes_stop_confirmation=True)
    outcome = Chat(make_person(looks=(LOOK,), memory=memory)).says("hello")
    assert MarkLooksTold() not in outcome.effects


def test_a_waiting_answer_is_announced_once() -> None:
    """And the next one again."""
    chat = Chat(make_person(waiting_answers=1))
    assert MarkAnswersTold(1) in chat.says("hello").effects
    assert "CASES shows it" in chat.text
    assert chat.says("hello").effects == ()
    chat.person = replace(chat.person, waiting_answers=2)
    chat.says("hello")
    assert "CASES shows it" in chat.text
    chat.person = replace(chat.person, waiting_answers=0)
    assert MarkAnswersTold(0) in chat.says("hello").effects
    assert "CASES shows it" not in chat.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_cases_hands_out_the_answers_that_wait(language: str) -> None:
    """Each in a bubble of its own, named so that its request counts as answered then."""
    chat = Chat(make_person(language))
    chat.findings.cases = [
        CaseFacts("C-1", "object", "waiting", OPENED, DUE, answer="We have looked.", ref="0a"),
        CaseFacts("C-2", "human", "open", OPENED, DUE),
    ]
    outcome = chat.says(as_shown(CASES, language))
    (handed,) = [one for one in outcome.effects if isinstance(one, HandOut)]
    assert handed.ref == "0a"
    assert "We have looked." in handed.text
    assert "C-1" in handed.text
    assert "We have looked." not in chat.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", notices.KINDS)
def test_the_longest_answer_fits_one_bubble(kind: str, language: str) -> None:
    """With the words around it, in every language."""
    longest = "x" * notices.MAX_ANSWER_CHARS
    text = notices.answer_text(language, number="ABCD-EFGH", kind=kind, text=longest)
    assert length_of(text) <= MAX_TEXT_CHARS
    Reply(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_subject_says_who_writes_and_nothing_else(language: str) -> None:
    """Subjects travel, and are listed, in clear."""
    subject = notices.mail_subject(language, "Example e.V.")
    assert "Example e.V." in subject
    words = translate(language, "a complaint"), translate(language, "an objection")
    assert not any(word in subject for word in words)
    text = notices.mail_text(language, "Example e.V.", "What there is to tell.")
    assert "What there is to tell." in text


def test_only_human_hands_the_thread_over_and_only_once() -> None:
    """A complaint leaves the thread with the bot; so does HUMAN while a human has it already."""
    assert HandOver() in Chat().says("human").effects
    assert HandOver() not in Chat(make_person(is_muted=True)).says("human").effects
    chat = Chat()
    chat.says("complain")
    assert HandOver() not in chat.taps("Ask the team").effects


def test_rights_are_answered_in_standby_too() -> None:
    """Another app speaks, but a right is a right; everything else stays unanswered."""
    assert Chat().happens(Said("my data"), is_standby=True).replies != ()
    assert Chat().happens(Said("hello"), is_standby=True).replies == ()
