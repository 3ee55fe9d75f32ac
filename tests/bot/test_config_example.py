"""The example configuration is the documentation of every key."""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot.settings import Settings, SettingsFaults, load_settings
from bot.settings.examples import EXAMPLES
from bot.settings.sections import Language
from bot.settings.sources import SECRETS

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
LANGUAGES = set(get_args(Language))


@pytest.fixture
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the secrets that no file should hold."""
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET", "3f9c1be07a5d4286b1f0c7e29d84a65b")
    monkeypatch.setenv("CHATMAGICO_MESSENGER__VERIFY_TOKEN", "wq7-hJ2.kd84Lz_p")
    monkeypatch.setenv("CHATMAGICO_PAGES__0__ACCESS_TOKEN", "EAAGm0PX4ZCpsBAKZCwq7hJ2kd84Lz")


@pytest.mark.usefixtures("_secrets")
def test_it_is_a_good_configuration_once_its_examples_are_replaced() -> None:
    """With the secrets set, nothing is wrong with the example but that it is an example."""
    with pytest.raises(SettingsFaults) as refused:
        load_settings(EXAMPLE)
    assert {fault.found for fault in refused.value.faults} == {"an example that was never replaced"}


@pytest.mark.usefixtures("_secrets")
def test_it_loads_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example loads where the environment replaces what is nobody's own."""
    for section, key, example in EXAMPLES:
        number = "__0" if section in {"pages", "recipients"} else ""
        own = "1" if example.isdigit() else "https://own.test"
        monkeypatch.setenv(f"CHATMAGICO_{section}{number}__{key}".upper(), own)
    assert load_settings(EXAMPLE).is_production


def test_it_holds_no_secret() -> None:
    """No secret is written in the example."""
    written = set(_keys(tomllib.loads(EXAMPLE.read_text())))
    assert not written & {f"{section}.{key}" for section, keys in SECRETS.items() for key in keys}


def test_it_mentions_every_key_and_no_other() -> None:
    """Each field of the settings stands in the example, set or as a comment, and nothing more."""
    mentioned = set(_keys(tomllib.loads(_with_optional_keys())))
    fields = set(_fields(Settings))
    files = {f"{section}.{key}_file" for section, keys in SECRETS.items() for key in keys}
    assert mentioned == fields | files


def test_it_mentions_every_language() -> None:
    """Each language's table of a purpose is named, though only one is spelled out."""
    text = EXAMPLE.read_text()
    assert all(f"[purposes.{code}]" in text for code in LANGUAGES)


def test_a_sentence_stands_above_every_key() -> None:
    """Above each key, set or as a comment, stands a comment that ends like a sentence."""
    lines = EXAMPLE.read_text().splitlines()
    for above, line in pairwise(lines):
        if re.match(r"(# )?[a-z_]+ = ", line):
            assert above.startswith("# "), line
            assert above.endswith("."), line


def test_the_defaults_shown_are_the_defaults() -> None:
    """Figures in the example are those that hold when a key is left out."""
    shown = tomllib.loads(EXAMPLE.read_text())
    for section in ("age", "retention", "storage", "keys", "metrics", "pace"):
        default = Settings.model_fields[section].default.model_dump(mode="json", exclude_none=True)
        assert shown[section] == default


def _with_optional_keys() -> str:
    return re.sub(r"^# (?=\[+[\w.]+\]+$|[a-z_]+ = )", "", EXAMPLE.read_text(), flags=re.MULTILINE)


def _keys(table: dict[str, Any], before: str = "") -> Iterator[str]:
    for key, value in table.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, dict):
            yield from _keys(inner, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def _fields(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        section = _section_of(field.annotation)
        if section is None:
            yield key
        elif name not in LANGUAGES or name == "de":
            yield from _fields(section, f"{key}.")


def _section_of(annotation: Any) -> type[BaseModel] | None:
    choices = [annotation, *get_args(annotation)]
    return next((c for c in choices if isinstance(c, type) and issubclass(c, BaseModel)), None)
