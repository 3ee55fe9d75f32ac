"""MY DATA: pages that fit, and no value unless it was asked for."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows.kit.effects import LookUp
from flows.kit.person import ConsentState, Memory
from flows.kit.reply import MAX_TEXT_CHARS, length_of
from flows.kit.texts import LANGUAGES, translate
from flows.kit.turn import Said, Tapped, TimedOut
from flows.my_data import SHOW_THEM
from tests.flows.chat import MONTHLY, START, Chat, make_person
from tests.flows.finding import LANGUAGE_ITEM

if TYPE_CHECKING:
    from flows.kit.found import Item

ORIGINS = ("provided", "observed", "derived")


def make_items(count: int, *, value_chars: int = 20) -> tuple[Item, ...]:
    """Make items of three categories, each with a value of its own."""
    return tuple(
        replace(
            LANGUAGE_ITEM,
            category=f"Category {n % 3}",
            label=f"Label {n}",
            value=f"<{n}>".ljust(value_chars, "v"),
            origin=ORIGINS[n % 3],
        )
        for n in range(count)
    )


def looking_at(items: tuple[Item, ...], language: str = "en") -> Chat:
    """Open MY DATA for someone of whom this is held."""
    chat = Chat(make_person(language))
    chat.findings.items = items
    chat.happens(Tapped("go:my_data"))
    return chat


def all_pages(chat: Chat) -> str:
    """Turn the pages to the end and give everything that was said."""
    said = [chat.text]
    following = translate(chat.person.language, "Next page")
    while following in chat.titles:
        chat.taps(following)
        said.append(chat.text)
    return "\n".join(said)


def reveal(chat: Chat) -> None:
    """Ask for the values and say yes."""
    chat.taps(translate(chat.person.language, "Show values"))
    chat.taps(translate(chat.person.language, "Show"))


def test_no_value_appears_before_it_was_asked_for() -> None:
    """Whatever is held and wherever the person taps: everything is listed, nothing is told."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    for _ in range(40):
        items = make_items(dice.randrange(1, 60), value_chars=dice.choice((5, 40, 700, 3000)))
        chat = looking_at(items, dice.choice(LANGUAGES))
        said = [all_pages(chat)]
        for text in dice.sample(("repeat", "back", "2", "1", "?", "help", "go on", "no"), 6):
            said += [reply.text for reply in chat.says(text).replies]
        everything = "\n".join(said)
        assert all(item.label in everything for item in items)
        assert not any(item.value in everything for item in items)
        assert "vvv" not in everything


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value_chars", [10, 500, 4000])
def test_everything_is_shown_on_request_within_the_limits(language: str, value_chars: int) -> None:
    """Every value, with long ones split over bubbles, on the same pages as before."""
    items = make_items(40, value_chars=value_chars)
    chat = looking_at(items, language)
    hidden_pages = all_pages(chat).count("CATEGORY")
    chat.says("1")
    reveal(chat)
    shown = [reply.text for reply in chat.outcome.replies]
    following = translate(language, "Next page")
    while following in chat.titles:
        shown += [reply.text for reply in chat.taps(following).replies]
    assert max(map(length_of, shown)) <= MAX_TEXT_CHARS
    together = "".join("".join(shown).split())
    assert all(item.value in together for item in items)
    assert sum(text.count("CATEGORY") for text in shown) == hidden_pages


def test_the_categories_stay_together() -> None:
    """However the items come, each category is told once, in the order of its first item."""
    text = looking_at(make_items(6)).text
    assert [text.count(f"CATEGORY {n}") for n in range(3)] == [1, 1, 1]
    assert text.index("Label 3") < text.index("CATEGORY 1") < text.index("Label 4")


def test_showing_is_warned_of_in_the_same_step() -> None:
    """Values are shown after a yes, and only then."""
    chat = looking_at(make_items(2))
    chat.taps("Show values")
    assert chat.text.startswith("What I show here also stays in your Messenger history.")
    assert chat.titles == ("Show", "Better not")
    chat.says("what does that mean")
    assert chat.titles == ("Show", "Better not")
    chat.says("yes")
    assert "<0>" in chat.text
    chat.taps("Hide values")
    assert "<0>" not in chat.text
    assert "Show values" in chat.titles


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_values_can_be_asked_for_in_words(language: str) -> None:
    """Whoever types "show" is warned as whoever taps the button, and shown nothing yet."""
    chat = looking_at(make_items(2), language)
    chat.says(SHOW_THEM[language][0])
    assert chat.titles == (translate(language, "Show"), translate(language, "Better not"))
    assert "<0>" not in chat.text


def test_a_yes_typed_before_the_warning_can_have_been_read_shows_nothing() -> None:
    """It is asked again; a tap proves that it was read."""
    chat = looking_at(make_items(2))
    chat.taps("Show values")
    chat.person = replace(chat.person, has_unheard=True)
    assert chat.says("yes").effects == ()
    assert "<0>" in chat.taps("Show").replies[0].text


def test_each_item_tells_what_for_how_long_and_who() -> None:
    """And whether the person gave it or it was noted or worked out."""
    chat = looking_at(make_items(3))
    for part in ("What for: to write to you", "Legal basis: your request", "Kept: 48 hours",
                 "You gave it", "We noted it", "We worked it out",
                 "Who else gets it: nobody"):  # fmt: skip
        assert part in chat.text


def test_what_neighbours_share_is_said_once() -> None:
    """Purpose, basis and period stand behind the things they belong to, not behind each."""
    item = make_items(1)[0]
    chat = looking_at([replace(item, label=f"thing {n}") for n in range(3)])
    assert chat.text.count("What for:") == 1
    assert all(f"thing {n}: " in chat.text for n in range(3))


def test_pages_are_turned_by_tap_by_word_and_by_number() -> None:
    """Each page looks again; nothing of it is kept."""
    chat = looking_at(make_items(160))
    assert chat.text.startswith("I hold 160 things about you.")
    assert "Page 1 of " in chat.text
    assert chat.taps("Next page").effects == (LookUp("my_data"),)
    assert "Page 2 of " in chat.text
    chat.says("more")
    assert "Page 3 of " in chat.text
    chat.says("back")
    assert "Page 2 of " in chat.text
    chat.says("1")
    assert "Page 1 of " in chat.text
    assert "Previous page" not in chat.titles
    looks = chat.findings.looks
    chat.says("99")
    assert chat.findings.looks == looks
    assert chat.person.position is not None
    assert set(chat.person.position.notes) <= {
        *("data_page", "data_pages", "data_values", "shown", "back"),
    }


def test_pages_that_went_meanwhile_lead_to_the_last_one() -> None:
    """What is held may change while someone reads."""
    chat = looking_at(make_items(60))
    chat.says("4")
    chat.findings.items = make_items(3)
    chat.taps("Next page")
    assert "Label 2" in chat.text
    assert "That is all." in chat.text


def test_a_button_of_an_earlier_page_is_refused() -> None:
    """It asks again, and looks nothing up."""
    chat = looking_at(make_items(60))
    earlier = chat.outcome.replies[-1].choices[0]
    chat.taps("Next page")
    assert chat.happens(Tapped(earlier.payload)).effects == ()
    assert chat.text.startswith("That button belongs to an earlier question")


def test_the_pages_close_in_silence() -> None:
    """After a quarter of an hour, also while a human has the thread."""
    for place in ("cards", "reveal"):
        for is_muted in (False, True):
            chat = looking_at(make_items(2))
            if place == "reveal":
                chat.taps("Show values")
            assert chat.outcome.timer is not None
            assert chat.outcome.timer.after_s == 900
            chat.person = replace(chat.person, is_muted=is_muted)
            outcome = chat.happens(TimedOut(place))
            assert (outcome.replies, outcome.position) == ((), None)


def test_who_opens_them_again_finds_the_values_hidden() -> None:
    """Asking once is no asking for ever."""
    chat = looking_at(make_items(2))
    reveal(chat)
    chat.says("my data")
    assert "<0>" not in chat.text


def test_nothing_and_one_thing_are_said_as_such() -> None:
    """Also someone of whom nothing is held gets an answer."""
    assert looking_at(()).text == "I hold nothing about you."
    assert looking_at(make_items(1)).text.startswith("I hold one thing about you.")


def test_a_consent_can_be_taken_back_from_here() -> None:
    """Where there is one."""
    assert "Withdraw" not in looking_at(make_items(2)).titles
    granted = {MONTHLY.id: ConsentState(granted_at=START)}
    chat = Chat(make_person(consents=granted))
    chat.says("my data")
    chat.taps("Withdraw")
    assert chat.text.startswith("What shall end?")


def test_pages_are_turned_while_a_human_has_the_thread() -> None:
    """The buttons of a right are answered; other texts are the human's."""
    chat = Chat(make_person(is_muted=True))
    chat.findings.items = make_items(60)
    assert chat.says("my data").replies
    assert chat.taps("Next page").replies
    assert chat.says("is anybody there?").replies == ()


def test_the_language_guessed_at_first_contact_holds_for_what_is_found() -> None:
    """Someone new who writes "meine Daten" is answered in German, with the notice behind it."""
    chat = Chat(make_person(memory=Memory()))
    chat.happens(Said("Meine Daten"))
    assert chat.text.startswith("Ich habe 2 Angaben über Sie gespeichert.")
    assert "Ich bin ein automatischer Bot." in chat.text
    assert chat.person.language == "de"
