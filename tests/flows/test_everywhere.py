"""STOP, HELP, nonsense and stickers in every place of every flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows import FLOWS
from flows.kit.effects import MarkTold, OweStopConfirmation, SetLanguage, Withdraw
from flows.kit.texts import LANGUAGES
from flows.kit.turn import (
    Arrived,
    ConsentState,
    HandedBack,
    Memory,
    Position,
    Said,
    Showed,
    Tapped,
    TimedOut,
)
from flows.welcome import LONG_SILENCE
from flows.words import NEWS, RIGHTS, START, STOP, TABLE
from tests.flows.chat import MONTHLY, START as BEGINNING, Chat, make_person, make_site

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = [(flow.name, place.value) for flow in FLOWS for place in flow.places]
NO_PLACE = ("", "")

WAYS_TO_REACH: dict[tuple[str, str], Callable[[Chat], object]] = {
    NO_PLACE: lambda _chat: None,
    ("opt_in", "age"): lambda chat: chat.happens(Tapped("go:news")),
    ("opt_in", "news"): lambda chat: (chat.happens(Tapped("go:news")), chat.taps_first()),
    ("stop", "meant"): lambda chat: chat.says("please stop sending"),
    ("language", "choose"): lambda chat: chat.happens(Tapped("go:language")),
}

KINDS = ("sticker", "image", "audio", "video", "file", "location", "other")

VARIANTS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.title,
    lambda word: f"  {word}  ",
    lambda word: f"{word}!!",
    lambda word: f"¡{word}!…",
    lambda word: f'"{word}".',
    lambda word: f"🛑 {word} 🙏🏽",
    lambda word: "\u200b".join(word),
    lambda word: f"\u202e\u2066{word}\u2069\ufeff",
    lambda word: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word),
    lambda word: word.replace(" ", "\u00a0\u2009  "),
    lambda word: word.replace("ö", "oe").replace("ü", "ue"),
    lambda word: word.replace("ö", "o\u0308").replace("é", "e\u0301"),
)


def reach(place: tuple[str, str], language: str = "en") -> Chat:
    """Bring someone to a place."""
    chat = Chat(make_person(language))
    WAYS_TO_REACH[place](chat)
    position = chat.person.position
    assert place == ((position.flow, position.place) if position else NO_PLACE)
    return chat


def test_every_place_is_reached_by_these_tests() -> None:
    """A new place has to be added here before it can be released."""
    assert sorted(WAYS_TO_REACH) == sorted([*PLACES, NO_PLACE])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_stop_stops_in_every_place_however_it_is_spelled(
    place: tuple[str, str], language: str
) -> None:
    """Every spelling of a language, in every disguise, withdraws at once with one bubble."""
    standing = reach(place, language)
    for word in TABLE[STOP][language]:
        for vary in VARIANTS:
            chat = Chat(standing.person)
            outcome = chat.says(vary(word))
            assert outcome.effects == (Withdraw(),), vary(word)
            assert outcome.position is None
            assert len(outcome.replies) == 1
            assert chat.titles == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_the_first_stop_word_of_every_language_counts_for_everybody(
    place: tuple[str, str], language: str
) -> None:
    """Whoever writes German may write "arrêt" all the same."""
    for word in ("stop", "stopp", "unsubscribe", "abmelden", "arrêt", "désabonner", "baja", "parar",
                 "basta", "cancella iscrizione", "rezygnuję", "wypisz"):  # fmt: skip
        assert Withdraw() in reach(place, language).says(word).effects


@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_the_stop_button_stops_in_every_place(place: tuple[str, str]) -> None:
    """A tap is as good as the word, also on an unknown button that says so."""
    assert reach(place).happens(Tapped("go:stop", "Stop")).effects == (Withdraw(),)
    assert reach(place).happens(Tapped("OLD_BOT", "Unsubscribe")).effects == (Withdraw(),)


@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_a_short_sentence_with_a_stop_word_stops_and_asks(place: tuple[str, str]) -> None:
    """News end at once; one question follows."""
    chat = reach(place)
    outcome = chat.says("could you stop that")
    assert outcome.effects == (Withdraw(),)
    assert chat.titles == ("That's right", "Something else")


@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_a_long_sentence_with_a_stop_word_is_prose(place: tuple[str, str]) -> None:
    """Nobody loses news for telling where the bus stops."""
    outcome = reach(place).says("the bus does not stop here on any sunday in winter")
    assert Withdraw() not in outcome.effects


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", WAYS_TO_REACH, ids="-".join)
def test_everything_gets_one_answer_in_every_place(place: tuple[str, str], language: str) -> None:
    """Words, nonsense, pictures, files, links and old buttons: never silence, never a crash."""
    standing = reach(place, language)
    words = [TABLE[word][language][0] for word in TABLE]
    inputs = [Said(text) for text in (*words, "qwertz", "", "👍", "😀" * 3000, "a" * 9000)]
    shown = [Showed(kind) for kind in (*KINDS, "never heard of")]
    taps = [Tapped("opt_in:1:news:yes:00000000"), Tapped("nonsense", "?"), Tapped("go:nowhere")]
    for came in (*inputs, *shown, *taps, Arrived("x"), HandedBack()):
        outcome = Chat(standing.person).happens(came)
        assert len(outcome.replies) == 1, came


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_a_sticker_is_answered_with_the_question(place: tuple[str, str], kind: str) -> None:
    """The person stays in the place and sees its buttons again."""
    chat = reach(place)
    before, titles = chat.person.position, chat.titles
    assert "text" in chat.happens(Showed(kind)).replies[0].text
    assert chat.person.position == before
    assert chat.titles == titles


@pytest.mark.parametrize("word", ["help", "menu", *RIGHTS])
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_help_keeps_the_place_and_offers_to_go_on(place: tuple[str, str], word: str) -> None:
    """Whoever asks for help can go on with one tap."""
    chat = reach(place)
    before, asked = chat.person.position, chat.outcome.replies[-1].choices
    outcome = chat.happens(Tapped(f"go:{word}"))
    assert outcome.position == before
    chat.taps("Go on")
    assert chat.outcome.replies[-1].choices == asked


@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_cancel_leaves_and_repeat_asks_again(place: tuple[str, str]) -> None:
    """Both work in any flow."""
    chat = reach(place)
    asked = chat.outcome.replies[-1].choices
    assert chat.says("repeat").replies[-1].choices == asked
    assert chat.says("cancel").position is None


def test_back_asks_the_question_before() -> None:
    """From the first purpose back to the age, and no further."""
    chat = reach(("opt_in", "news"))
    chat.says("back")
    assert chat.person.position is not None
    assert chat.person.position.place == "age"
    assert chat.says("back").replies[0].text.startswith("This is the first question.")


@pytest.mark.parametrize("word", ["back", "repeat", "cancel"])
def test_back_without_a_question_says_so(word: str) -> None:
    """There is nothing to go back to."""
    chat = Chat()
    chat.says(word)
    assert chat.text == "No question is open just now."


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
    assert (
        later.replies[0].text == "Done. Example Page sends you no news. To come back, write START."
    )
    assert "automated bot again" in later.replies[1].text
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
    for came in (Said("help"), Said("qwertz"), Showed("sticker"), Tapped("GET_STARTED"),
                 Tapped("go:news"), Tapped("ice:en:hello"), Arrived("x"), Said("my data")):  # fmt: skip
        chat = Chat(make_person(memory=Memory()))
        outcome = chat.happens(came)
        assert len(outcome.replies) == 1
        assert "I am an automated bot" in chat.text
        assert "Full notice" in chat.titles
        assert MarkTold() in outcome.effects
        assert "I am an automated bot" not in (chat.says("help") and chat.text)


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
    chat = Chat(make_person(memory=Memory(), is_language_chosen=False))
    assert SetLanguage("de") in chat.says("Hallo!").effects
    assert chat.text.startswith("Guten Tag!")
    assert chat.says("ciao").effects == ()
    assert chat.text.startswith("Guten Tag!")
