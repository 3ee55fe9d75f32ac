"""Consent: asked in words, answered freely, recorded as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.kit.effects import RecordConsent, SetAgeOk, Withdraw
from flows.kit.person import ConsentState, Memory
from flows.kit.turn import Purpose, Said, Tapped
from tests.flows.chat import APPEALS, MONTHLY, START, Chat, make_person, make_site

GROWN_UP = Memory(told_at=START, last_heard_at=START, age_ok=True, age_asked=16)


def at_first_question(consents: dict[str, ConsentState] | None = None) -> Chat:
    """Bring someone old enough to the first purpose."""
    chat = Chat(make_person(memory=GROWN_UP, consents=consents or {}))
    chat.says("news")
    return chat


def tap(chat: Chat, title: str) -> Tapped:
    """Keep a quick reply of the last answer to tap it later."""
    choice = next(c for c in chat.outcome.replies[-1].choices if c.title == title)
    return Tapped(choice.payload, title)


@pytest.mark.parametrize(("title", "is_granted"), [("Yes", True), ("No", False)])
def test_an_answer_is_recorded_with_the_exact_text_shown(title: str, *, is_granted: bool) -> None:
    """Question, buttons, version and language, for yes and for no."""
    chat = at_first_question()
    shown = chat.text
    outcome = chat.taps(title)
    assert outcome.effects == (
        RecordConsent("monthly", is_granted, f"{shown}\n[Yes] [No]", "opt_in/1", "en"),
    )


def test_what_messenger_allows_is_said_in_the_question() -> None:
    """Nobody is promised more than the platform lets through."""
    assert "up to 24 hours after your last message" in at_first_question().text


def test_yes_and_no_are_equally_easy() -> None:
    """Two plain quick replies, one tap each, nothing else."""
    chat = at_first_question()
    assert chat.titles == ("Yes", "No")
    assert chat.outcome.replies[0].buttons == ()


def test_one_question_for_each_purpose() -> None:
    """In the order of the configuration, then the end."""
    chat = at_first_question()
    chat.says("yes")
    assert "Appeals: When help is needed." in chat.text
    chat.says("no")
    assert chat.person.position is None
    assert chat.text == "Noted: no. You get: Monthly news. STOP ends it at any time."


def test_what_is_granted_is_not_asked_again() -> None:
    """A yes is skipped; where all are given, the state is told."""
    chat = at_first_question(consents={"monthly": ConsentState(granted_at=START)})
    assert chat.text.startswith("Appeals:")
    chat.says("yes")
    chat.says("news")
    assert chat.text == "You get: Monthly news, Appeals. STOP ends it at any time."


def test_a_refusal_is_asked_again_only_on_request() -> None:
    """NEWS and START are requests; nothing else brings the question back."""
    refused = {p.id: ConsentState(refused_at=START) for p in (MONTHLY, APPEALS)}
    chat = Chat(make_person(memory=GROWN_UP, consents=refused))
    for text in ("hello", "help", "menu", "what now"):
        chat.says(text)
        assert chat.person.position is None
    chat.says("start")
    assert chat.text.startswith("Monthly news:")


def test_a_page_without_purposes_asks_nothing() -> None:
    """And offers no news."""
    chat = Chat(site=make_site(purposes=()))
    chat.says("news")
    assert chat.text == "Example Page sends you no news."
    chat.says("menu")
    assert "News" not in chat.titles


def test_the_age_is_asked_once_and_only_yes_or_no_is_kept() -> None:
    """Neither the age nor a birthday."""
    chat = Chat()
    chat.says("news")
    assert chat.text == "Are you at least 16 years old?"
    assert chat.says("yes").effects == (SetAgeOk(is_ok=True),)
    chat.says("cancel")
    chat.says("news")
    assert chat.text.startswith("Monthly news:")


def test_too_young_means_no_question_about_consent() -> None:
    """The age as configured, a kind word, and a way to correct a slip."""
    chat = Chat(site=make_site(minimum_age=14))
    chat.says("news")
    assert chat.says("no").effects == (SetAgeOk(is_ok=False),)
    assert "people aged 14 and over" in chat.text
    assert chat.person.position is None
    chat.says("start")
    assert chat.person.position is None
    assert chat.titles == ("Full notice",)


def test_a_later_no_to_the_age_ends_what_was_agreed_to_before() -> None:
    """Yes to the age and the first purpose, then back and no: the yes does not stand."""
    chat = Chat()
    chat.says("news")
    chat.says("yes")
    chat.says("yes")
    chat.says("back")
    chat.says("back")
    assert "years old" in chat.text
    chat.says("no")
    assert not any(state.is_granted for state in chat.person.consents.values())


def test_another_age_is_asked_anew() -> None:
    """A yes to sixteen is none to eighteen, not even between question and answer."""
    chat = at_first_question()
    chat.site = make_site(minimum_age=18)
    chat.says("yes")
    assert chat.text == "Are you at least 18 years old?"
    assert not any(state.is_granted for state in chat.person.consents.values())


def test_a_yes_to_words_that_were_not_seen_counts_for_nothing() -> None:
    """Typed before the question had left it is asked again; a tap shows that it was seen."""
    chat = at_first_question()
    chat.person = replace(chat.person, has_unheard=True)
    assert chat.says("yes").effects == ()
    assert chat.text.startswith("Monthly news:")
    (effect,) = chat.taps("Yes").effects
    assert isinstance(effect, RecordConsent)
    assert effect.is_granted


def test_an_age_of_zero_switches_the_question_off() -> None:
    """Straight to the first purpose."""
    chat = Chat(site=make_site(minimum_age=0))
    chat.says("news")
    assert chat.text.startswith("Monthly news:")


def test_unclear_answers_are_not_guessed() -> None:
    """The question is asked again; nothing is recorded."""
    for text in ("maybe", "ok", "👍", "yes and no", "ja"):
        chat = at_first_question()
        outcome = chat.says(text)
        assert outcome.effects == ()
        assert chat.text.startswith("Please tap Yes or No, or write it.")
        assert chat.titles == ("Yes", "No")


def test_a_button_of_an_earlier_question_is_refused() -> None:
    """A yes to the first purpose is no yes to the second."""
    chat = at_first_question()
    earlier = tap(chat, "Yes")
    chat.taps("No")
    outcome = chat.happens(earlier)
    assert outcome.effects == ()
    assert chat.text.startswith("That button belongs to an earlier question")
    assert "Appeals:" in chat.text
    assert chat.titles == ("Yes", "No")


def test_a_button_of_a_closed_question_is_refused_with_a_way_on() -> None:
    """Nothing is asked again unasked: one tap does it."""
    chat = at_first_question()
    earlier = tap(chat, "Yes")
    chat.says("cancel")
    assert chat.happens(earlier).effects == ()
    assert chat.titles == ("News", "Menu")
    assert chat.person.position is None


@pytest.mark.parametrize(
    "payload",
    [
        "opt_in:2:news:yes:{hash8}",
        "opt_in:1:age:yes:{hash8}",
        "opt_in:1:news:yes:00000000",
        "language:1:news:yes:{hash8}",
        "opt_in:1:news:yes",
    ],
)
def test_a_forged_or_foreign_button_grants_nothing(payload: str) -> None:
    """Flow, version, place and question must all be those asked last."""
    chat = at_first_question()
    hash8 = tap(chat, "Yes").payload.rpartition(":")[2]
    assert chat.happens(Tapped(payload.format(hash8=hash8), "Yes")).effects == ()
    assert chat.titles == ("Yes", "No")


def test_an_answer_to_words_that_changed_since_is_not_taken() -> None:
    """The configuration changed after the question: it is asked anew, in the new words."""
    chat = at_first_question()
    changed = replace(MONTHLY, text={"en": "Every day, an advertisement."})
    chat.site = make_site(purposes=(changed, APPEALS))
    assert chat.says("yes").effects == ()
    assert chat.text.startswith("This has changed in the meantime, so I ask again.")
    assert "Every day, an advertisement." in chat.text


def test_a_yes_older_than_a_stop_says_so() -> None:
    """The button arrives late, after STOP: the person stays unsubscribed and hears it."""
    chat = at_first_question()
    late = tap(chat, "Yes")
    tapped_at = chat.now
    stopped = ConsentState(START, None, chat.now + timedelta(seconds=1))
    chat.person = replace(chat.person, position=None, consents={"monthly": stopped})
    assert chat.happens(late, at=tapped_at).effects == ()
    assert chat.text.startswith("You wrote STOP after that, so you stay unsubscribed.")
    assert chat.titles == ("News", "Menu")


def test_a_late_yes_in_the_open_question_is_recorded_but_not_thanked() -> None:
    """The caller records it as ignored; the question is asked again."""
    chat = at_first_question()
    stopped = ConsentState(START, None, chat.now + timedelta(seconds=1))
    chat.person = replace(chat.person, consents={"monthly": stopped})
    outcome = chat.happens(Said("yes"), at=chat.now)
    assert [type(effect) for effect in outcome.effects] == [RecordConsent]
    assert chat.text.startswith("You wrote STOP after that")
    assert "Noted: yes" not in chat.text


def test_stop_in_the_middle_keeps_nothing_of_the_answers() -> None:
    """A yes to the first purpose ends with the STOP at the second."""
    chat = at_first_question()
    chat.says("yes")
    assert chat.says("stop").effects == (Withdraw(),)
    assert "Monthly news" in chat.text
    assert not chat.person.consents["monthly"].is_granted


def test_a_purpose_without_any_text_is_named_by_its_id() -> None:
    """Settings refuse that in production; nothing breaks elsewhere."""
    bare = Purpose("bare", "marketing", {}, {})
    chat = Chat(site=make_site(purposes=(bare,), minimum_age=0))
    chat.says("news")
    assert chat.text.startswith("bare: ")
