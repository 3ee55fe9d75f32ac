"""The order in which an event is looked at: who is heard, what is told, what is never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows import opt_in
from flows.kit.effects import MarkTold, OweStopConfirmation, SetLanguage, Withdraw
from flows.kit.person import ConsentState, Memory, Position
from flows.kit.turn import Arrived, HandedBack, Input, Said, Showed, Tapped, TimedOut
from flows.rights_words import RIGHTS
from flows.welcome import LONG_SILENCE
from flows.words import NEWS, START
from tests.flows.chat import MONTHLY, Chat, make_person, make_site
from tests.flows.chat import START as BEGINNING
from tests.flows.reaching import reach


def test_a_muted_thread_hears_only_stop_and_rights() -> None:
    """A human speaks: the bot keeps out of it, but never of a STOP or a right."""
    chat = reach(("opt_in", "age"))
    chat.person = replace(chat.person, is_muted=True)
    before = chat.person.position
    for came in (Said("yes"), Said("help"), Showed("image"), Tapped("go:menu"), Arrived("")):
        outcome = chat.happens(came)
        assert (outcome.replies, outcome.effects, outcome.position) == ((), (), before)
    for word in RIGHTS:
        assert chat.happens(Tapped(f"go:{word}")).replies
    assert chat.says("please stop sending").replies[0].choices == ()
    assert chat.says("STOP").effects == (Withdraw(),)


def test_stop_in_standby_withdraws_in_silence_and_is_confirmed_later_once() -> None:
    """Another app holds the thread: effective at once, confirmed when control returns."""
    chat = Chat()
    outcome = chat.happens(Said("stop"), is_standby=True)
    assert outcome.replies == ()
    assert outcome.effects == (Withdraw(), OweStopConfirmation(is_owed=True))
    later = chat.happens(HandedBack())
    (confirmation,) = later.replies
    assert confirmation.text == "Done. Example Page sends you no news. To come back, write START."
    assert OweStopConfirmation(is_owed=False) in later.effects
    assert len(chat.says("hello").replies) == 1


def test_an_owed_confirmation_comes_before_the_next_answer() -> None:
    """Also without a hand-back; and a second STOP is confirmed once, not twice."""
    chat = Chat()
    chat.happens(Said("stop"), is_standby=True)
    owing = chat.person
    assert [r.text[:5] for r in chat.says("help").replies] == ["Done.", "You c"]
    again = Chat(owing).says("stop")
    assert len(again.replies) == 1
    assert OweStopConfirmation(is_owed=False) in again.effects


def test_nothing_else_is_answered_in_standby() -> None:
    """Another app speaks."""
    for came in (Said("help"), Tapped("go:news"), Showed("image"), Said("hello")):
        outcome = Chat().happens(came, is_standby=True)
        assert (outcome.replies, outcome.effects) == ((), ())


def test_the_first_contact_is_answered_first_and_told_then() -> None:
    """Whatever comes first: the answer, then what this is, in one bubble."""
    said: tuple[Input, ...] = (
        Said("help"),
        Said("qwertz"),
        Said("my data"),
        Showed("sticker"),
        Arrived("x"),
    )
    for came in (*said, *map(Tapped, ("GET_STARTED", "go:news", "ice:en:hello"))):
        chat = Chat(make_person(memory=Memory()))
        outcome = chat.happens(came)
        assert len(outcome.replies) == 1
        assert "I am an automated bot" in chat.text
        assert "Full notice" in chat.titles
        assert MarkTold() in outcome.effects
        chat.says("help")
        assert "I am an automated bot" not in chat.text


def test_stop_at_first_contact_is_confirmed_without_offers() -> None:
    """It hears what this is, but gets nothing to sign up for."""
    chat = Chat(make_person(memory=Memory()))
    chat.says("stop")
    assert chat.text.startswith("Done.")
    assert chat.titles == ("Full notice", "🌐 Language")


def test_long_silence_and_a_human_make_the_bot_say_again_what_it_is() -> None:
    """After 180 days, and when a human hands back."""
    chat = Chat()
    chat.happens(Said("help"), at=BEGINNING + LONG_SILENCE)
    assert "I am an automated bot" not in chat.text
    chat = Chat()
    chat.happens(Said("help"), at=BEGINNING + LONG_SILENCE * 1.01)
    assert "I am an automated bot" in chat.text
    chat = reach(("opt_in", "age"))
    chat.happens(HandedBack())
    assert chat.text.startswith("From here on you are talking to the automated bot again.")
    assert chat.text.endswith("Are you at least 16 years old?")


def test_a_time_out_leaves_in_silence() -> None:
    """The question of a contained stop word is forgotten after an hour, without a message."""
    chat = reach(("stop", "meant"))
    assert chat.outcome.timer is not None
    assert chat.happens(TimedOut("elsewhere")).position is not None
    outcome = chat.happens(TimedOut("meant"))
    assert (outcome.replies, outcome.effects, outcome.position) == ((), (), None)


@pytest.mark.parametrize(
    "position",
    [
        Position("opt_in", 0, "age", {}),
        Position("opt_in", 99, "age", {}),
        Position("opt_in", 1, "gone", {}),
        Position("opt_in", 1, "news", {"purpose": "gone"}),
    ],
)
def test_a_position_that_is_not_understood_starts_again_politely(position: Position) -> None:
    """An answer to an unknown question is never guessed."""
    chat = Chat(make_person(position=position))
    outcome = chat.says("yes")
    assert outcome.effects == ()
    assert chat.text.startswith("This has changed in the meantime, so I ask again.")
    assert chat.titles == ("Yes", "No")


@pytest.mark.parametrize("position", [Position("gone", 1, "x", {}), Position("stop", 0, "x", {})])
def test_a_position_of_no_flow_is_forgotten(position: Position) -> None:
    """Nothing is withdrawn or granted for it."""
    chat = Chat(make_person(position=position))
    assert chat.says("yes").effects == ()
    assert chat.person.position is None


def test_start_and_news_open_the_questions_from_any_place() -> None:
    """START asks anew; it never restores."""
    for word in (START, NEWS):
        granted = {MONTHLY.id: ConsentState(BEGINNING, None, BEGINNING)}
        chat = Chat(make_person(consents=granted), make_site(minimum_age=0))
        chat.happens(Tapped("go:language"))
        outcome = chat.says(word)
        assert outcome.effects == ()
        assert chat.text.startswith("Monthly news:")


def test_the_language_guess_is_kept() -> None:
    """A first "hallo" is answered in German, and so is everything after it."""
    chat = Chat(make_person(memory=Memory()))
    assert SetLanguage("de") in chat.says("Hallo!").effects
    assert chat.text.startswith("Guten Tag!")
    assert chat.says("ciao").effects == ()
    assert chat.text.startswith("Guten Tag!")


def test_a_place_that_moved_is_asked_anew_under_its_new_name() -> None:
    """An older version is mapped; its answer is not taken for an answer to the new question."""
    opt_in.flow.moved["years"] = opt_in.At.AGE
    try:
        chat = Chat(make_person(position=Position("opt_in", 0, "years", {})))
        outcome = chat.says("yes")
    finally:
        del opt_in.flow.moved["years"]
    assert outcome.effects == ()
    assert chat.person.position is not None
    assert (chat.person.position.version, chat.person.position.place) == (1, "age")
    assert chat.text.startswith("This has changed in the meantime, so I ask again.")


@pytest.mark.parametrize("word", ["back", "repeat"])
def test_back_and_repeat_start_again_where_the_place_is_gone(word: str) -> None:
    """There is nothing to go back to, but something to go on with."""
    for place, notes in (("gone", {}), ("news", {"purpose": "gone"})):
        chat = Chat(make_person(position=Position("opt_in", 1, place, notes)))
        assert chat.says(word).replies


def test_a_time_out_without_a_place_says_nothing() -> None:
    """A timer that is left over changes nothing."""
    outcome = Chat().happens(TimedOut("meant"))
    assert (outcome.replies, outcome.effects, outcome.position) == ((), (), None)


def test_who_sends_a_file_hears_how_files_are_handed_in() -> None:
    """Files are opened by now, though not everywhere and not several at once."""
    chat = Chat()
    chat.happens(Showed("file"))
    assert "BRING BACK" in chat.text
