"""STOP, HELP, nonsense and stickers in every place of every flow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows import FLOWS
from flows.kit.effects import Withdraw
from flows.kit.texts import LANGUAGES
from flows.kit.turn import Arrived, HandedBack, Said, Showed, Tapped
from flows.rights_words import CASES, HUMAN, RIGHTS
from flows.words import STOP, TABLE
from tests.flows.chat import Chat
from tests.flows.reaching import NO_PLACE, PLACES, WAYS_TO_REACH, reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.kit.turn import Input

#: Words that are answered in passing; the other rights open a conversation of their own.
IN_PASSING = ("help", "menu", "thanks", CASES, HUMAN)
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
    "\u200b".join,
    lambda word: f"\u202e\u2066{word}\u2069\ufeff",
    lambda word: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word),
    lambda word: word.replace(" ", "\u00a0\u2009  "),
    lambda word: word.replace("ö", "oe").replace("ü", "ue"),
    lambda word: word.replace("ö", "o\u0308").replace("é", "e\u0301"),
)


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
    words = "stop stopp unsubscribe abmelden arrêt désabonner baja parar basta rezygnuję wypisz"
    for word in (*words.split(), "cancella iscrizione"):
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
    inputs: list[Input] = [
        Said(text) for text in (*words, "qwertz", "", "👍", "😀" * 3000, "a" * 9000)
    ]
    inputs += [Showed(kind) for kind in (*KINDS, "never heard of")]
    payloads = ("opt_in:1:news:yes:00000000", "nonsense", "go:nowhere", "ice:", "::::", "")
    inputs += [Tapped(payload, "?") for payload in payloads]
    for came in (*inputs, Arrived("x"), HandedBack()):
        outcome = Chat(standing.person).happens(came)
        assert len(outcome.replies) == 1, came


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_a_sticker_is_answered_with_the_question(place: tuple[str, str], kind: str) -> None:
    """The person stays in the place and sees its quick replies again; a link stays where it is."""
    chat = reach(place)
    before, choices = chat.person.position, chat.outcome.replies[-1].choices
    assert "text" in chat.happens(Showed(kind)).replies[0].text
    assert chat.person.position == before
    assert chat.outcome.replies[-1].choices == choices


@pytest.mark.parametrize("word", IN_PASSING)
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_help_keeps_the_place_and_offers_to_go_on(place: tuple[str, str], word: str) -> None:
    """Whoever asks for help can go on with one tap."""
    chat = reach(place)
    before, asked = chat.person.position, chat.outcome.replies[-1].choices
    outcome = chat.happens(Tapped(f"go:{word}"))
    assert outcome.position == before
    chat.taps("Go on")
    assert chat.outcome.replies[-1].choices == asked


@pytest.mark.parametrize("word", RIGHTS)
@pytest.mark.parametrize("place", PLACES, ids="-".join)
def test_every_right_is_answered_in_every_place(place: tuple[str, str], word: str) -> None:
    """By its own flow, stopped, restricted or with a human in the thread."""
    for is_restricted, is_muted in ((False, False), (True, False), (False, True)):
        chat = reach(place)
        chat.person = replace(chat.person, is_restricted=is_restricted, is_muted=is_muted)
        outcome = chat.happens(Tapped(f"go:{word}"))
        opened = FLOWS.opened_by(word)
        assert opened is not None
        assert outcome.replies
        assert outcome.flow_name == opened.name


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
