"""Details, their proof and their correction, in the flows alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.detail_texts import LABELS, REASONS
from flows.fitting import misfits
from flows.kit.effects import (
    CheckCode,
    KeepDetail,
    RecordConsent,
    RemoveDetail,
    SkipDetail,
    WantDetail,
)
from flows.kit.found import Found
from flows.kit.person import ConsentState, Memory
from flows.kit.reply import MAX_TITLE_CHARS, length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Purpose, Site, Tapped, TimedOut
from tests.flows.chat import APPEALS, MONTHLY, START, Chat, make_person, make_site

OLD_ENOUGH = Memory(told_at=START, last_heard_at=START, age_ok=True, age_asked=16)
YES = ConsentState(granted_at=START)


def site_of(*needs: str, has_mail: bool = True) -> Site:
    """Make a Page whose first purpose needs details."""
    purposes = (replace(MONTHLY, needs=needs), replace(APPEALS, needs=needs[:1]))
    return make_site(purposes=purposes, has_mail=has_mail)


def asked(*needs: str, language: str = "en") -> Chat:
    """Say yes to the first purpose, and no to the second."""
    chat = Chat(make_person(language, memory=OLD_ENOUGH), site_of(*needs))
    chat.happens(Tapped("go:news"))
    chat.taps(translate(language, "Yes"))
    chat.taps(translate(language, "No"))
    return chat


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LABELS)
def test_the_question_names_what_needs_it(name: str, language: str) -> None:
    """Only what was said yes to; the page comes first, and SKIP is always there."""
    chat = asked(name, language=language)
    title = "Monatliche Neuigkeiten" if language == "de" else "Monthly news"
    assert translate(language, REASONS[name]).format(titles=title) in chat.text
    pressed = [translate(language, text) for text in ("Open page", "Write it here", "Skip")]
    assert list(chat.titles) == pressed
    assert all(length_of(text) <= MAX_TITLE_CHARS for text in pressed)


def test_the_answer_to_the_last_question_is_not_lost() -> None:
    """What was noted is said first; the consent is recorded in the same turn."""
    chat = asked("email")
    assert chat.text.startswith("Noted: no. You get: Monthly news.")
    assert any(isinstance(effect, RecordConsent) for effect in chat.outcome.effects)


def test_nothing_is_asked_where_nothing_is_needed() -> None:
    """Nor for what was refused, nor for an address without mail."""
    assert "Open page" not in asked().titles
    for has_mail, answers in ((True, ("No", "No")), (False, ("Yes", "Yes"))):
        chat = Chat(make_person(memory=OLD_ENOUGH), site_of("email", has_mail=has_mail))
        chat.happens(Tapped("go:news"))
        for answer in answers:
            chat.taps(answer)
        assert chat.titles == ("Menu",)


def test_who_has_given_it_is_not_asked() -> None:
    """A second purpose that needs the same finds it there."""
    chat = Chat(make_person(memory=OLD_ENOUGH), site_of("email"))
    chat.findings.details["email"] = "anna@example.org"
    chat.happens(Tapped("go:news"))
    chat.taps("Yes")
    chat.taps("Yes")
    assert chat.titles == ("Menu",)


def test_skipping_goes_on_to_the_next_and_is_remembered() -> None:
    """Each question once."""
    chat = asked("name", "phone")
    chat.taps("Skip")
    assert SkipDetail("name") in chat.outcome.effects
    assert "phone number" in chat.text
    chat.taps("Skip")
    assert chat.titles == ("Menu",)
    assert chat.person.memory.skipped == ("name", "phone")
    chat.person = replace(chat.person, consents={"monthly": YES})
    chat.happens(Tapped("go:news"))
    chat.taps("Yes")
    assert chat.titles == ("Menu",)


def test_an_answer_may_be_written_at_once() -> None:
    """But not a name: any text could be one."""
    chat = asked("email")
    chat.says("anna@example.org")
    assert chat.findings.details == {"email": "anna@example.org"}
    chat = asked("name")
    chat.says("who are you?")
    assert chat.findings.details == {}
    assert chat.text.startswith("Please tap one of the buttons below.")
    chat.taps("Write it here")
    chat.says("Anna")
    assert chat.findings.details == {"name": "Anna"}


def test_what_is_typed_is_in_no_note() -> None:
    """It goes to where it is sealed and checked, and is kept nowhere on the way."""
    chat = asked("email", "name")
    chat.says("anna.secret@example.org")
    chat.says("654321")
    assert chat.person.position is not None
    assert not {"secret", "654321"} & set(" ".join(chat.person.position.notes.values()).split())
    effects = (KeepDetail("email", "secret"), CheckCode("654321"))
    assert "secret" not in repr(effects)
    assert "654321" not in repr(effects)


def test_a_used_page_lets_the_chat_go_on() -> None:
    """Wherever the person was, also after the question timed out."""
    chat = asked("name", "phone")
    chat.happens(TimedOut("offer"))
    assert chat.person.position is None
    chat.findings.details["name"] = "Anna"
    chat.happens(Found("detail_given", facts={"field": "name", "result": "kept"}))
    assert chat.text.startswith("Got it.\n\nFor this we need your phone number")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("result", ["spent", "expired", "none"])
def test_a_code_that_counts_no_more_says_how_to_get_another(result: str, language: str) -> None:
    """In every language, with the button for it."""
    chat = asked("email", language=language)
    chat.says("anna@example.org")
    chat.happens(Found("code_checked", facts={"result": result}))
    assert translate(language, "New code") in chat.titles
    assert translate(language, "New code") in chat.text


@pytest.mark.parametrize("result", ["too_many", "no_mail", "no_address", "confirmed"])
def test_no_code_is_explained(result: str) -> None:
    """And the talk goes on."""
    chat = asked("email")
    chat.findings.details["email"] = "anna@example.org"
    chat.happens(Found("code_sent", facts={"before": "Got it.", "result": result}))
    assert chat.text.startswith("Got it. ")
    assert chat.titles == ("Menu",)


def test_digits_of_other_scripts_are_digits() -> None:
    """Whoever's keyboard writes them so means the same."""
    chat = asked("email")
    chat.says("anna@example.org")
    chat.says("١٢٣٤٥٦")
    assert CheckCode("123456") in chat.outcome.effects


def test_a_removed_detail_is_not_asked_for_again() -> None:
    """Removing it is a way of skipping."""
    chat = Chat(make_person(consents={"monthly": YES}), site_of("email"))
    chat.findings.details["email"] = "anna@example.org"
    chat.says("correct")
    chat.taps("E-mail")
    chat.taps("Remove")
    assert RemoveDetail("email") in chat.outcome.effects
    assert chat.person.memory.skipped == ("email",)
    assert "removed" in chat.text


def test_a_correction_that_is_skipped_changes_nothing() -> None:
    """And is no refusal for ever."""
    chat = Chat(make_person(consents={"monthly": YES}), site_of("email"))
    chat.findings.details["email"] = "anna@example.org"
    chat.says("correct")
    chat.taps("E-mail")
    chat.taps("Change")
    assert WantDetail(("email",), is_correction=True) in chat.outcome.effects
    chat.taps("Skip")
    assert chat.text == "All right, it stays as it is."
    assert chat.person.memory.skipped == ()


def test_nothing_can_be_added_that_nothing_needs() -> None:
    """CORRECT offers what was given and what is needed, nothing else."""
    chat = Chat(make_person(consents={"monthly": YES}), site_of("phone"))
    chat.findings.details["name"] = "Anna"
    chat.says("correct")
    assert chat.titles == ("Name", "Phone", "🌐 Language", "Menu")
    chat.says("E-mail")
    assert "did not find that" in chat.text


def test_a_question_that_does_not_fit_is_told_before_the_start() -> None:
    """Many purposes with long names that all need the same."""
    wordy = tuple(
        Purpose(f"p{n}", "marketing", {"en": "x" * 80}, {"en": "t"}, needs=("name",))
        for n in range(8)
    )
    faults = misfits(make_site(purposes=wordy, languages=("en",)))
    assert any(fault.startswith("name for p0 (en): text: ") for fault in faults)
