"""Six languages: complete, within the limits, and never another than the last choice."""

from __future__ import annotations

import ast
from gettext import GNUTranslations
from shutil import copytree
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from flows import FLOWS, my_data
from flows.fitting import misfits
from flows.kit.effects import SetLanguage
from flows.kit.person import Memory
from flows.kit.texts import LANGUAGES, LOCALES, translate
from flows.kit.turn import Arrived, Input, Purpose, Said, Tapped
from flows.locales.refresh import extract, path_of, read, refresh
from flows.profile import QUESTIONS
from flows.ways import FULL_NOTICE, TITLES
from tests.flows.chat import Chat, make_person, make_site
from tests.flows.reaching import NO_PLACE, PLACES, WAYS_TO_REACH

if TYPE_CHECKING:
    from pathlib import Path

OTHERS = LANGUAGES[1:]
TEXTS = [str(message.id) for message in extract() if message.id]


def fields(text: str) -> set[str]:
    """List the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_marked_text_is_found() -> None:
    """Also inside f-strings, where the extraction does not look."""
    marked = set()
    for path in LOCALES.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                (text,) = node.args
                assert isinstance(text, ast.Constant)
                marked.add(text.value)
    assert marked == set(TEXTS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_the_same_placeholders(language: str) -> None:
    """Nothing missing, nothing left over."""
    catalogue = {str(m.id): str(m.string) for m in read(language) if m.id}
    assert set(catalogue) == set(TEXTS)
    for english, translated in catalogue.items():
        assert translated, english
        assert fields(translated) == fields(english), english


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_current(language: str) -> None:
    """`python -m flows.locales` was run after the last change."""
    with path_of(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in read(language):
        if message.id:
            assert compiled.gettext(str(message.id)) == message.string
            assert translate(language, str(message.id)) == message.string


def test_a_refresh_finds_nothing_to_do(tmp_path: Path) -> None:
    """Every catalogue is as a refresh would write it, but for Babel's own version."""
    folder = tmp_path / "locales"
    copytree(LOCALES, folder)
    refresh(folder)
    for language in OTHERS:
        old, new = (
            [
                line
                for line in path_of(language, "po", at).read_text("utf-8").splitlines()
                if not line.startswith('"Generated-By')
            ]
            for at in (LOCALES, folder)
        )
        assert old == new


def test_a_new_language_begins_with_every_text_untranslated(tmp_path: Path) -> None:
    """Until then, English stands in."""
    refresh(tmp_path)
    assert {str(m.id) for m in read("de", tmp_path) if m.id} == set(TEXTS)
    assert not any(m.string for m in read("de", tmp_path) if m.id)
    assert translate("xx", "Menu") == "Menu"


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_fit_in_every_language(language: str) -> None:
    """20 characters on a button, 80 in an ice breaker."""
    asked = {
        choice
        for flow in FLOWS
        for prompt in flow.prompts.values()
        if isinstance(prompt.choices, tuple)
        for choice in prompt.choices
    }
    turns = (my_data.NEXT, my_data.PREVIOUS, my_data.SHOW, my_data.HIDE)
    for title in (*TITLES.values(), FULL_NOTICE, *asked, *turns):
        assert len(translate(language, title)) <= 20, title
    for question in QUESTIONS.values():
        assert len(translate(language, question)) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", [NO_PLACE, *PLACES], ids="-".join)
def test_limits_hold_with_long_configured_names(place: tuple[str, str], language: str) -> None:
    """Long names, titles and texts still make replies, at first contact too."""
    site = make_site(
        page_name="P" * 75,
        controller_name="C" * 120,
        default_language=language,
        purposes=tuple(
            Purpose(f"p{n}", "marketing", {language: f"{n}" * 80}, {language: "t" * 600})
            for n in range(5)
        ),
    )
    assert misfits(site) == ()
    for memory in (Memory(), make_person().memory):
        chat = Chat(make_person(language, memory=memory), site)
        WAYS_TO_REACH[place](chat)
        for came in (Said("stop"), Said("help"), Said("x"), Tapped("go:delete_me")):
            assert chat.happens(came).replies


def test_texts_that_do_not_fit_are_told_before_the_start() -> None:
    """The fault names the purpose and the language, not the text."""
    wordy = Purpose("wordy", "marketing", {"en": "Wordy"}, {"en": "t" * 1990})
    faults = misfits(make_site(purposes=(wordy,), languages=("en",)))
    assert len(faults) == 1
    assert faults[0].startswith("purpose wordy (en): text: ")
    faults = misfits(make_site(controller_name="C" * 1800, languages=("en",), purposes=()))
    assert {fault.partition(" (")[0] for fault in faults} >= {"DELETE ME", "first notice"}
    faults = misfits(make_site(authority="A" * 1900, languages=("en",)))
    assert [fault.partition(" (")[0] for fault in faults] == ["COMPLAIN"]


@pytest.mark.parametrize(
    ("came", "entry_ref", "language"),
    [
        (Tapped("ice:fr:help", "?"), None, "fr"),
        (Arrived("de"), None, "de"),
        (Arrived("lang-it"), None, "it"),
        (Arrived("pl-news"), None, "pl"),
        (Arrived("poster_7"), None, "es"),
        (Tapped("GET_STARTED"), "de", "de"),
        (Said("hello"), "de", "de"),
        (Said("Bonjour, une question"), None, "fr"),
        (Said("Dzień dobry!"), None, "pl"),
        (Said("Abmelden"), None, "de"),
        (Said("qwertz"), None, "es"),
        (Said("stop"), None, "es"),
        (Said("hey"), None, "es"),
        (Said("fine"), None, "es"),
        (Arrived("xx"), None, "es"),
    ],
)
def test_the_language_of_a_first_contact(came: Input, entry_ref: str | None, language: str) -> None:
    """Ice breaker, then link, then the words typed, then the Page's own."""
    site = make_site(default_language="es")
    chat = Chat(make_person("es", memory=Memory()), site)
    chat.happens(came, entry_ref=entry_ref)
    assert chat.person.language == language
    assert translate(language, "Full notice") in chat.titles


def test_a_language_that_is_not_offered_is_not_guessed() -> None:
    """The Page speaks what it offers."""
    site = make_site(languages=("en", "de"))
    chat = Chat(make_person(memory=Memory()), site)
    assert chat.says("bonjour").effects[0] != SetLanguage("fr")
    assert "bot" in chat.text


def test_the_last_choice_is_never_changed_by_a_word() -> None:
    """Who chose German and writes "hello" is answered in German."""
    chat = Chat(make_person("de"))
    for came in (Said("hello"), Said("bonjour"), Arrived("fr"), Tapped("ice:fr:help")):
        outcome = chat.happens(came)
        assert not any(isinstance(e, SetLanguage) for e in outcome.effects)
        assert chat.person.language == "de"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choice_is_answered_in_the_new_language(language: str) -> None:
    """At once, by tap or by its name."""
    names = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español",
             "it": "Italiano", "pl": "Polski"}  # fmt: skip
    chat = Chat()
    chat.says("language")
    outcome = chat.says(names[language].upper())
    assert outcome.effects == (SetLanguage(language),)
    assert chat.text == translate(language, "From now on I write in English.")


def test_a_purpose_without_a_text_in_this_language_is_asked_in_the_pages_own() -> None:
    """Better a text in another language than none."""
    chat = Chat(make_person("fr"), make_site(minimum_age=0))
    chat.says("actualités")
    assert chat.text.startswith("Monthly news : Once a month")
