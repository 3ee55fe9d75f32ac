"""After the last yes: when the data goes is told, and nothing is offered that was refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.kit.effects import Withdraw
from flows.kit.person import ConsentState, Memory
from flows.kit.reply import length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Said, Tapped
from flows.ways import TITLES
from flows.words import NEWS
from tests.flows.chat import APPEALS, MONTHLY, START, Chat, make_person, make_site

BOTH = {purpose.id: ConsentState(granted_at=START) for purpose in (MONTHLY, APPEALS)}
DUE = "Your data is due to be erased on 2 December 2026; DELETE ME does it now."


def test_the_last_withdrawal_tells_when_the_data_goes() -> None:
    """Not while another yes stands; then the day, the word, and a button that does it now."""
    chat = Chat(make_person(consents=BOTH))
    chat.says("withdraw")
    chat.taps("Monthly news")
    assert "due to be erased" not in chat.text
    chat.says("withdraw")
    chat.taps("Appeals")
    assert DUE in chat.text
    assert chat.titles == ("Delete me", "Menu")


def test_a_yes_that_is_no_longer_configured_keeps_the_data() -> None:
    """It still stands, so no day is told; STOP ends it too."""
    consents = {"monthly": ConsentState(granted_at=START), "old": ConsentState(granted_at=START)}
    chat = Chat(make_person(consents=consents))
    chat.says("withdraw")
    chat.says("1")
    assert "due to be erased" not in chat.text
    chat.says("stop")
    assert DUE in chat.text


def test_strangers_and_restricted_people_are_told_no_day() -> None:
    """A stranger's 48 hours were told at first contact; a restriction keeps the data."""
    for person in (make_person(), make_person(consents=BOTH, is_restricted=True)):
        chat = Chat(person)
        chat.says("stop")
        assert "due to be erased" not in chat.text


def test_the_day_follows_the_configuration() -> None:
    """And is never sooner than a stranger's time."""
    for changes, day in (
        ({"withdrawn_days": 10}, "12 November 2026"),
        ({"withdrawn_days": 1, "stranger_hours": 96}, "6 November 2026"),
    ):
        chat = Chat(make_person(consents=BOTH), make_site(**changes))
        chat.says("stop")
        assert f"due to be erased on {day};" in chat.text


def test_a_stop_that_is_confirmed_late_counts_from_when_it_came() -> None:
    """Said while another app held the thread, confirmed two days later."""
    chat = Chat(make_person(consents=BOTH))
    chat.happens(Said("stop"), is_standby=True)
    chat.now += timedelta(days=2)
    chat.says("hello")
    assert DUE in chat.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_confirmation_stays_one_short_bubble(language: str) -> None:
    """In every language, with what ended, the day, and the way back."""
    chat = Chat(make_person(language, consents=BOTH))
    chat.says("stop")
    (reply,) = chat.outcome.replies
    assert "2026" in reply.text
    assert length_of(reply.text) < 300


def _offers_news(chat: Chat) -> bool:
    return translate(chat.person.language, TITLES[NEWS]) in chat.titles


@pytest.mark.parametrize("word", ["hello", "qwertz", "cancel", "back"])
def test_whoever_refused_everything_is_not_offered_it_again(word: str) -> None:
    """For 180 days; then the one button is back."""
    chat = Chat(make_person(consents=BOTH))
    chat.says(word)
    assert _offers_news(chat)
    chat.says("stop")
    chat.now += timedelta(days=170)
    chat.says(word)
    assert not _offers_news(chat)
    chat.now += timedelta(days=11)
    chat.says(word)
    assert _offers_news(chat)


def test_a_first_no_counts_as_well() -> None:
    """Whoever declined every question is left alone with it."""
    refused = {purpose.id: ConsentState(refused_at=START) for purpose in (MONTHLY, APPEALS)}
    chat = Chat(make_person(consents=refused))
    chat.says("hello")
    assert not _offers_news(chat)


@pytest.mark.parametrize("payload", ["go:news", "go:start", "go:menu", "go:help"])
def test_whoever_asks_is_answered(payload: str) -> None:
    """NEWS and START ask anew, and MENU and HELP still name them."""
    old_enough = Memory(age_ok=True, age_asked=16, told_at=START, last_heard_at=START)
    chat = Chat(make_person(consents=BOTH, memory=old_enough))
    chat.says("stop")
    assert Withdraw() in chat.outcome.effects
    chat.happens(Tapped(payload))
    assert _offers_news(chat) or "May we send you this?" in chat.text


def test_a_purpose_that_was_never_asked_about_may_be_offered() -> None:
    """A no to one kind of news says nothing of another."""
    chat = Chat(make_person(consents={"monthly": ConsentState(refused_at=START)}))
    chat.says("hello")
    assert _offers_news(chat)
