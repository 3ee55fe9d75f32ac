"""What a Page shows before anybody writes."""

from __future__ import annotations

import pytest

from flows import FLOWS, profile
from flows.kit.errors import ReplyTooLong
from flows.kit.person import Memory
from flows.kit.texts import LANGUAGES
from flows.kit.turn import Tapped
from flows.kit.words import normalise
from flows.profile import MESSENGER_LOCALES, _checked
from flows.words import LEXICON
from tests.flows.chat import Chat, make_person, make_site

PROFILE = profile(make_site())
KEYS = {*LANGUAGES, "default"}


def test_every_language_and_the_default_are_there() -> None:
    """Messenger needs a default; every language has a name there."""
    for part in (PROFILE.greeting, PROFILE.ice_breakers, PROFILE.menu, PROFILE.commands):
        assert set(part) == KEYS
    assert set(MESSENGER_LOCALES) == set(LANGUAGES)


def test_limits_hold_in_every_language() -> None:
    """160 characters, 4 ice breakers, 5 lines of 30, commands of 32 and 64."""
    for key in KEYS:
        assert len(PROFILE.greeting[key]) <= 160
        assert 1 <= len(PROFILE.ice_breakers[key]) <= 4
        assert all(len(ice.question) <= 80 for ice in PROFILE.ice_breakers[key])
        assert len(PROFILE.menu[key]) == 5
        assert all(len(item.title) <= 30 for item in PROFILE.menu[key])
        assert all(len(c.name) <= 32 and c.name == c.name.lower() for c in PROFILE.commands[key])
        assert all(1 <= len(c.description) <= 64 for c in PROFILE.commands[key])


def test_the_greeting_says_what_matters() -> None:
    """Automated, kept encrypted, where to read more."""
    assert PROFILE.greeting["default"] == (
        "Example e.V.: automated bot. Your Messenger id is kept encrypted. "
        "More: https://bot.example/privacy?lang=en"
    )
    for language in LANGUAGES:
        assert f"https://bot.example/privacy?lang={language}" in PROFILE.greeting[language]


def test_a_long_name_gives_way_in_the_greeting() -> None:
    """Then the address; what is kept is always said."""
    long_name = profile(make_site(controller_name="N" * 120)).greeting["en"]
    assert long_name.startswith("Automated bot. Your")
    assert "https://bot.example/privacy?lang=en" in long_name
    long_url = profile(make_site(privacy_url="https://bot.example/" + "p" * 200)).greeting
    assert all(len(text) <= 160 for text in long_url.values())
    assert "kept encrypted" in long_url["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_ice_breakers_set_the_language_and_are_answered(language: str) -> None:
    """One tap, answered in the language of the question."""
    for ice in PROFILE.ice_breakers[language]:
        chat = Chat(make_person(memory=Memory()))
        chat.happens(Tapped(ice.payload, ice.question))
        assert chat.person.language == language
        assert chat.outcome.flow_name in {flow.name for flow in FLOWS}


def test_every_line_of_the_menu_is_answered() -> None:
    """By its flow, not by a shrug."""
    for item in PROFILE.menu["default"]:
        assert Chat().happens(Tapped(item.payload, item.title)).flow_name != "lost"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_is_the_word_itself(language: str) -> None:
    """Typed with or without the slash."""
    for command in PROFILE.commands[language]:
        assert LEXICON.find(normalise(f"/{command.name}"), language) is not None


def test_what_a_page_has_no_use_for_is_left_out() -> None:
    """One language: no switch. No purposes: no news."""
    bare = profile(make_site(languages=("en",), purposes=()))
    assert [item.payload for item in bare.menu["en"]] == ["go:your_rights", "go:help", "go:stop"]
    assert set(bare.greeting) == {"en", "default"}


def test_a_title_that_is_too_long_is_refused() -> None:
    """Before Messenger refuses the whole profile."""
    with pytest.raises(ReplyTooLong):
        _checked("menu title", "t" * 31, 30)
