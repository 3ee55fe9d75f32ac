"""DELETE ME: one typed word, one receipt, and a stranger afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows import step
from flows.dates import day_in
from flows.delete_me import TYPED
from flows.kit.effects import EraseMe
from flows.kit.found import Found
from flows.kit.person import Memory, Person
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Event, Tapped, TimedOut
from flows.kit.words import normalise
from flows.rights_words import DELETE_ME
from flows.words import LEXICON, TABLE, THANKS
from tests.flows.chat import START, Chat, make_person, make_site


def asked(language: str = "en") -> Chat:
    """Bring someone to the question for the word."""
    chat = Chat(make_person(language))
    chat.happens(Tapped("go:delete_me"))
    return chat


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_goes_what_stays_and_what_is_out_of_reach_is_one_bubble(language: str) -> None:
    """With the word in the person's language and one way back."""
    chat = asked(language)
    assert len(chat.outcome.replies) == 1
    assert chat.text.count("\n\n") == 3
    assert "Meta" in chat.text
    assert TYPED[language] in chat.text
    assert chat.titles == tuple(
        translate(language, title) for title in ("Keep my data", "Export first")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_proof_that_stays_is_told_before_the_word(language: str) -> None:
    """With the day on which it goes; the question still comes last, in the same bubble."""
    chat = Chat(make_person(language), make_site(evidence_days=90))
    chat.happens(Tapped("go:delete_me"))
    until = day_in(language, (chat.now + timedelta(days=90)).date())
    assert until in chat.text
    assert until not in asked(language).text
    assert len(chat.outcome.replies) == 1
    assert chat.text.index(until) < chat.text.rindex(TYPED[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("evidence_days", [0, 90])
def test_what_stays_until_others_confirmed_is_told_before_the_word(
    language: str, evidence_days: int
) -> None:
    """With the day on which it goes at the latest; the question still comes last."""
    site = make_site(told_days=30, evidence_days=evidence_days)
    chat = Chat(make_person(language), site)
    chat.happens(Tapped("go:delete_me"))
    until = day_in(language, (chat.now + timedelta(days=30)).date())
    assert until in chat.text
    assert until not in asked(language).text
    assert chat.text.index(until) < chat.text.rindex(TYPED[language])
    assert chat.titles == asked(language).titles


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [*TYPED.values(), "delete!", "loeschen", "Losche\u0301n", "usun"])
def test_the_word_of_any_language_erases(language: str, word: str) -> None:
    """Capitals, accents and spelling do not matter."""
    chat = asked(language)
    assert chat.says(word).effects == (EraseMe(),)
    assert len(chat.outcome.replies) == 1
    assert "R-1" in chat.text
    assert "https://bot.example/deletion/R-1" in chat.text
    assert chat.titles == ()


def test_the_word_is_a_spelling_of_the_right_itself() -> None:
    """So it is heard while a human has the thread."""
    for language, word in TYPED.items():
        assert LEXICON.find(normalise(word), language) == DELETE_ME
    chat = asked()
    chat.person = replace(chat.person, is_muted=True)
    assert chat.says("delete").effects == (EraseMe(),)


@pytest.mark.parametrize("text", ["yes", "sure", "delet", "delete everything now", "👍", ""])
def test_another_word_erases_nothing_and_is_asked_again(text: str) -> None:
    """Kindly, without the whole list once more."""
    chat = asked()
    assert chat.says(text).effects == ()
    assert chat.text.startswith("That was not the word, so nothing is erased.")
    assert chat.titles == ("Keep my data", "Export first")


@pytest.mark.parametrize("text", ["delete me", "forget me"])
def test_asking_again_is_no_confirmation(text: str) -> None:
    """Neither is the button, tapped twice."""
    chat = asked()
    assert chat.says(text).effects == ()
    assert chat.happens(Tapped("go:delete_me")).effects == ()
    assert "please type DELETE" in chat.text


def test_a_word_typed_before_the_list_can_have_been_read_erases_nothing() -> None:
    """An impatient second "delete" is asked again; once the answer has left, it counts."""
    chat = asked()
    chat.person = replace(chat.person, has_unheard=True)
    assert chat.says("delete").effects == ()
    assert chat.text == "To erase everything, please type DELETE."
    chat.person = replace(chat.person, has_unheard=False)
    assert chat.says("delete").effects == (EraseMe(),)


@pytest.mark.parametrize("text", ["no", "Keep my data", "cancel"])
def test_the_way_back_keeps_everything(text: str) -> None:
    """By tap, by no, by cancel."""
    chat = asked()
    assert chat.says(text).effects == ()
    assert chat.person.position is None


def test_the_word_counts_only_while_it_is_asked_for() -> None:
    """After a quarter of an hour the question is forgotten; the word then asks anew."""
    chat = asked()
    assert chat.happens(TimedOut("confirm")).replies == ()
    assert chat.says("delete").effects == ()
    assert "please type DELETE" in chat.text


def test_the_receipt_comes_alone_even_to_someone_already_forgotten() -> None:
    """No notice, no button, nothing to remember."""
    found = Event(Found("erasure", number="R-7"), START)
    outcome = step(make_site(), Person("en", memory=Memory()), found, now=START)
    (reply,) = outcome.replies
    assert reply.text == "Done. Your data is being erased now. Your receipt is R-7."
    assert (reply.choices, reply.buttons, outcome.effects) == ((), (), ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_from_a_stranger_do_not_restart_the_sales_talk(language: str) -> None:
    """A kind word, what a stranger must hear, and no offer."""
    for text in TABLE[THANKS][language]:
        chat = asked(language)
        chat.says(TYPED[language])
        chat.says(text)
        assert chat.text.startswith(translate(chat.person.language, "You're welcome."))
        assert set(chat.titles) <= {
            translate(chat.person.language, title) for title in ("Full notice", "🌐 Language")
        }
        assert not chat.outcome.replies[-1].choices
