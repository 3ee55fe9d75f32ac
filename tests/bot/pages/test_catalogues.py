"""The pages' texts: complete in every language, with the same names in them."""

import ast
import subprocess
import sys
from gettext import GNUTranslations
from string import Formatter

import pytest
from babel.messages.catalog import Message

from bot.pages.locales.refresh import OTHERS, extract, path_of, read
from bot.pages.texts import LOCALES
from bot.settings.sections import Languages

from .conftest import LANGUAGES

TEXTS = {message.id for message in extract() if message.id}


def forms(text: object) -> list[str]:
    """Return a text, or each form of one that counts."""
    return [text] if isinstance(text, str) else [str(form) for form in text]  # type: ignore[attr-defined] # a tuple of forms


def fields(text: str) -> set[str]:
    """List the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def messages(language: str) -> list[Message]:
    """List the entries of a catalogue, without its header."""
    return [message for message in read(language) if message.id]


def test_the_languages_are_those_of_the_settings() -> None:
    """Whatever can be offered can be printed."""
    assert set(Languages().offered) == {"en", *OTHERS} == set(LANGUAGES)


def test_every_marked_text_is_found() -> None:
    """Also where the extraction would not look: a name instead of a text, an f-string."""
    for path in LOCALES.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                (text,) = node.args
                assert isinstance(text, ast.Constant), path
                assert text.value in TEXTS


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_the_same_placeholders(language: str) -> None:
    """Nothing missing, nothing left over; a new column of the data map is missing at first."""
    found = messages(language)
    assert {message.id for message in found} == TEXTS
    for message in found:
        wanted = fields(forms(message.id)[0])
        for form in forms(message.string):
            assert form, message.id
            assert fields(form) == wanted, message.id


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_current(language: str) -> None:
    """`python -m bot.pages.locales` was run after the last change."""
    with path_of(language, "mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages(language):
        one, *many = forms(message.id)
        if many:
            assert compiled.ngettext(one, many[0], 1) == forms(message.string)[0]
        else:
            assert compiled.gettext(one) == message.string


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english(language: str) -> None:
    """Words that are the same in both languages are few and known."""
    same = {m.id for m in messages(language) if m.id == m.string}
    assert same <= {"Version {version}", "Questions"}


def test_the_template_engine_is_not_loaded_before_a_page_is_asked_for() -> None:
    """A process that answers messages only does not pay for it."""
    seen = "import sys, bot.pages; print([m for m in ('jinja2', 'babel') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True, text=True)  # noqa: S603 - our own words
    assert done.stdout.strip() == "[]"
