"""Links and QR codes: their language, the purpose they ask about, and what strangers put there."""

from __future__ import annotations

import pytest

from flows.hearing import GET_STARTED
from flows.kit.effects import RecordConsent, SetLanguage
from flows.kit.person import Memory
from flows.kit.turn import Arrived, Input, Said, Tapped
from flows.links import reference
from tests.flows.chat import Chat, make_person, make_site
from tests.flows.reaching import PLACES, reach

SITE = make_site(minimum_age=0)
NEW = make_person(memory=Memory())


@pytest.mark.parametrize(
    ("came", "entry_ref"),
    [
        (Arrived("de-appeals"), None),
        (Tapped(GET_STARTED, "Get started"), "de-appeals"),
        (Said("hallo"), "de-appeals"),
    ],
)
def test_a_link_leads_to_its_opt_in(came: Input, entry_ref: str | None) -> None:
    """Whatever shape it comes in: one bubble, in its language, about its purpose alone."""
    chat = Chat(NEW, SITE)
    outcome = chat.happens(came, entry_ref=entry_ref)
    assert outcome.effects[0] == SetLanguage("de")
    assert len(outcome.replies) == 1
    assert "Ich bin ein automatischer Bot" in chat.text
    assert "Aufrufe: Wenn Hilfe gebraucht wird." in chat.text
    agreed = chat.taps("Ja")
    (record,) = agreed.effects
    assert isinstance(record, RecordConsent)
    assert (record.purpose_id, record.is_granted, record.language) == ("appeals", True, "de")
    assert agreed.position is None


def test_the_age_is_asked_before() -> None:
    """And the link's purpose is not forgotten over it."""
    chat = Chat(NEW, make_site())
    chat.happens(Arrived("en-appeals"))
    assert "16" in chat.text
    chat.taps("Yes")
    assert "Appeals: When help is needed." in chat.text
    assert chat.taps("No").position is None


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_a_link_leads_out_of_any_place(place: tuple[str, str]) -> None:
    """Whoever scans a code wants what it says; their language stays the one they have."""
    chat = reach(place)
    chat.site = make_site(minimum_age=0)
    chat.person = make_person(position=chat.person.position)
    outcome = chat.happens(Arrived("de-appeals"))
    assert (outcome.flow_name, outcome.place) == ("opt_in", "news")
    assert "Appeals: When help is needed." in chat.text


def test_who_has_agreed_already_is_told_what_they_get() -> None:
    """Nothing is asked twice."""
    chat = Chat(NEW, SITE)
    chat.happens(Arrived("en-appeals"))
    chat.taps("Yes")
    chat.happens(Arrived("en-appeals"))
    assert chat.text.startswith("You get: Appeals.")
    assert chat.person.position is None


@pytest.mark.parametrize(
    "ref",
    [
        *("", "-", "en-", "-news", "en-nothing", "xx-appeals", "appeals", "lang-de-appeals"),
        *("en-appeals-", "en--appeals", "en-appeals\x00", "stop", "GET_STARTED", "go:stop"),
        *("en-<b>appeals</b>", "💥" * 500, "a" * 2083, "{controller}", "ice:en:stop"),
    ],
)
def test_what_a_link_cannot_say_is_a_plain_start(ref: str) -> None:
    """Unknown and hostile references change nothing."""
    for came, entry_ref in ((Arrived(ref), None), (Tapped(GET_STARTED), ref)):
        chat, plain = Chat(NEW, SITE), Chat(NEW, SITE)
        outcome = chat.happens(came, entry_ref=entry_ref)
        assert outcome.flow_name == "welcome"
        if not ref.startswith("lang-de"):
            assert outcome == plain.happens(Arrived())


def test_a_reference_stays_within_what_messenger_takes() -> None:
    """Letters, digits, - and _."""
    assert reference("de", "big_news-2") == "de-big_news-2"
    assert reference("de") == "de"
