"""STOP: one confirmation that tells the truth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.kit.effects import Withdraw
from flows.kit.person import ConsentState
from flows.kit.turn import Said
from tests.flows.chat import START, Chat, make_person


def subscribed(*purpose_ids: str) -> Chat:
    """Bring someone who said yes to some purposes."""
    consents = {purpose_id: ConsentState(granted_at=START) for purpose_id in purpose_ids}
    return Chat(make_person(consents=consents))


def test_the_confirmation_names_what_ended_and_the_way_back() -> None:
    """And when the data goes; no question, no button, no regret."""
    chat = subscribed("monthly", "appeals")
    chat.says("stop")
    assert chat.text == (
        "Done. You no longer get: Monthly news, Appeals. Your data is due to be erased on "
        "2 December 2026; DELETE ME does it now. To come back, write START."
    )
    assert len(chat.outcome.replies) == 1
    assert chat.titles == ()


def test_stop_without_a_subscription_is_confirmed_too() -> None:
    """The person wants to hear that it is off."""
    chat = Chat()
    chat.says("stop")
    assert chat.text == "Done. Example Page sends you no news. To come back, write START."


def test_stop_twice_is_the_same() -> None:
    """The second one withdraws again and says that nothing is sent."""
    chat = subscribed("monthly")
    chat.says("stop")
    assert chat.says("stop").effects == (Withdraw(),)
    assert chat.text.startswith("Done. Example Page sends you no news.")


def test_a_late_stop_tells_what_a_newer_yes_keeps() -> None:
    """It never claims more than it did."""
    newer = {"monthly": ConsentState(granted_at=START + timedelta(hours=1))}
    for text in ("stop", "please stop sending"):
        chat = Chat(make_person(consents=newer))
        assert chat.happens(Said(text), at=START).effects == (Withdraw(),)
        assert chat.text == (
            "Your STOP came late, and you have said yes since then. You still get: Monthly news. "
            "To end that too, write STOP again."
        )


def test_a_late_stop_names_both_what_ended_and_what_stays() -> None:
    """An older yes ends, a newer one stays."""
    consents = {
        "monthly": ConsentState(granted_at=START),
        "appeals": ConsentState(granted_at=START + timedelta(hours=1)),
    }
    chat = Chat(make_person(consents=consents))
    chat.happens(Said("stop"), at=START + timedelta(minutes=1))
    assert chat.text.startswith("Done. You no longer get: Monthly news. Your STOP came late")
    assert "You still get: Appeals." in chat.text


@pytest.mark.parametrize("text", ["thanks a lot", "qwertz", "👍"])
def test_another_answer_to_the_question_leaves_it_at_that(text: str) -> None:
    """It does not insist, and the news stay off."""
    chat = subscribed("monthly")
    chat.says("please stop sending")
    chat.says(text)
    assert chat.person.position is None
    assert not chat.person.consents["monthly"].is_granted


def test_something_else_does_not_restore() -> None:
    """START asks anew; a slip is said honestly."""
    chat = subscribed("monthly")
    chat.says("stop that noise")
    assert chat.taps("Something else").effects == ()
    assert "Your news stays off until you write START." in chat.text


def test_a_consent_is_granted_only_while_its_yes_is_the_newest() -> None:
    """At the same moment, the withdrawal wins."""
    later = START + timedelta(seconds=1)
    assert not ConsentState().is_granted
    assert ConsentState(granted_at=START).is_granted
    assert not ConsentState(granted_at=START, withdrawn_at=START).is_granted
    assert ConsentState(granted_at=later, withdrawn_at=START).is_granted


@pytest.mark.parametrize(
    "address", ["anna.stop@example.org", "unsubscribe@example.org", "x@stop.pl"]
)
def test_an_address_with_a_stop_word_in_it_ends_nothing(address: str) -> None:
    """Somebody who is asked for their address writes it; STOP beside an address still counts."""
    for text in (address, f"my address is {address}"):
        assert Withdraw() not in Chat().says(text).effects
    assert Withdraw() in Chat().says(f"stop mailing to {address}").effects
    assert Withdraw() in Chat().says("stop@ now.please").effects
