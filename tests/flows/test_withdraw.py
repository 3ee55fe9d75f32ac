"""WITHDRAW: one yes is taken back, never with more steps than it took to give it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.kit.effects import RecordConsent, Withdraw
from flows.kit.person import ConsentState, Memory
from flows.kit.reply import MAX_CHOICES
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Purpose, Said, TimedOut
from flows.rights_words import WITHDRAW
from flows.words import NEWS, as_shown
from tests.flows.chat import APPEALS, MONTHLY, START, Chat, make_person, make_site

BOTH = {purpose.id: ConsentState(granted_at=START) for purpose in (MONTHLY, APPEALS)}
OLD_ENOUGH = Memory(told_at=START, last_heard_at=START, age_ok=True, age_asked=16)


def many(count: int) -> Chat:
    """Bring someone who said yes to many purposes with long names."""
    purposes = tuple(
        Purpose(f"p{n}", "marketing", {"en": f"A long name of news, number {n}"}, {"en": "t"})
        for n in range(count)
    )
    consents = {purpose.id: ConsentState(granted_at=START) for purpose in purposes}
    return Chat(make_person(consents=consents), make_site(purposes=purposes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_withdrawing_takes_no_more_steps_than_consenting(language: str) -> None:
    """Counted in messages, for the first purpose, with the age already known."""
    chat = Chat(make_person(language, memory=OLD_ENOUGH))
    consenting = [as_shown(NEWS, language), translate(language, "Yes")]
    for text in consenting:
        chat.says(text)
    assert any(isinstance(e, RecordConsent) and e.is_granted for e in chat.outcome.effects)
    assert chat.person.consents["monthly"].is_granted
    withdrawing = [as_shown(WITHDRAW, language), "1"]
    for text in withdrawing:
        chat.says(text)
    assert chat.outcome.effects == (Withdraw(("monthly",)),)
    assert len(withdrawing) <= len(consenting)


@pytest.mark.parametrize("answer", ["Appeals", "appeals!", "2"])
def test_only_what_was_named_ends(answer: str) -> None:
    """By its name or its number; what is left is said."""
    chat = Chat(make_person(consents=BOTH))
    chat.says("withdraw")
    assert chat.says(answer).effects == (Withdraw(("appeals",)),)
    assert chat.person.consents["monthly"].is_granted
    assert chat.text.startswith("Done. You no longer get: Appeals. You get: Monthly news.")


@pytest.mark.parametrize("answer", ["yes", "3", "0", "the first", "👍"])
def test_an_unclear_answer_ends_nothing(answer: str) -> None:
    """Above all not everything."""
    chat = Chat(make_person(consents=BOTH))
    chat.says("withdraw")
    assert chat.says(answer).effects == ()
    assert chat.titles == ("Monthly news", "Appeals")


def test_long_names_are_cut_but_listed_in_full() -> None:
    """Each cut name keeps its number, so that no two look alike."""
    chat = many(3)
    chat.says("withdraw")
    assert chat.titles == ("1. A long name of n…", "2. A long name of n…", "3. A long name of n…")
    assert "2. A long name of news, number 1" in chat.text
    assert chat.taps(chat.titles[1]).effects == (Withdraw(("p1",)),)


def test_more_than_messenger_shows_can_be_typed() -> None:
    """Thirteen quick replies; the list goes on."""
    chat = many(20)
    chat.says("withdraw")
    assert len(chat.titles) == MAX_CHOICES
    assert chat.says("20").effects == (Withdraw(("p19",)),)


def test_a_yes_newer_than_the_withdrawal_stays_and_is_said() -> None:
    """It never claims more than it did."""
    newer = {"monthly": ConsentState(granted_at=START + timedelta(hours=1))}
    chat = Chat(make_person(consents=newer))
    chat.says("withdraw")
    outcome = chat.happens(Said("1"), at=START)
    assert outcome.effects == (Withdraw(("monthly",)),)
    assert chat.text.startswith("Your WITHDRAW came late, and you have said yes since then.")


def test_the_list_closes_in_silence() -> None:
    """After a quarter of an hour a number means nothing."""
    chat = Chat(make_person(consents=BOTH))
    chat.says("withdraw")
    assert chat.happens(TimedOut("which")).replies == ()
    assert chat.says("1").effects == ()
