"""`init`: a few answers become a configuration that the bot reads, and nothing is overwritten."""

import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.settings import parse_settings
from bot.settings.new_file import Answers, Places, written
from bot.settings.ready_made import READY_MADE
from storage.vault.kit import named, read_kit
from storage.vault.secrets import FileSecrets
from tests.kit.newcomer import Newcomer, newcomer

__all__ = ["newcomer"]

LANGUAGES = ("en", "de", "fr", "es", "it", "pl")
#: What `connect` adds, as strong as production wants it.
FROM_META = {"app_id": "424242", "app_secret": "3f9c1be07a5d4286b1f0c7e29d84a65b"}
PAGE_FROM_META = {"id": "555000111", "access_token": "EAAGm0PX4ZCpsBAKZCwq7hJ2kd84Lz"}


def answers(**others: Any) -> Answers:
    """Return answers of an organisation."""
    given: dict[str, Any] = {
        "name": 'The "Garden" \\ Club',
        "address": "1 Sample Street, 10000 Sample Town",
        "email": "club@example.org",
        "public_url": "https://bot.club.test",
        "page_name": "Garden Club + Bücher",
        "time_zone": "Europe/Berlin",
        "languages": ("en",),
        "purposes": ("news",),
    }
    return Answers(**given | others)


def completed(text: str) -> dict[str, Any]:
    """Return a new configuration with what `connect` adds."""
    raw = tomllib.loads(text)
    files = ("app_secret_file", "verify_token_file")
    messenger = {key: value for key, value in raw["messenger"].items() if key not in files}
    raw["messenger"] = messenger | FROM_META | {"verify_token": "wq7-hJ2.kd84Lz_p"}
    raw["pages"] = [raw["pages"][0] | PAGE_FROM_META]
    return raw


@pytest.mark.parametrize("default", LANGUAGES)
def test_every_answer_makes_a_good_configuration(default: str) -> None:
    """In production too, in each language and with every purpose, nothing is wrong with it."""
    others = tuple(code for code in LANGUAGES if code != default)
    given = answers(languages=(default, *others), purposes=tuple(READY_MADE))
    settings = parse_settings(completed(written(given, Places(Path()))))
    assert settings.is_production
    assert settings.controller.name == given.name
    assert settings.pages[0].name == given.page_name
    assert settings.languages.offered == (default, *others)
    assert [purpose.id for purpose in settings.purposes] == list(READY_MADE)
    assert settings.purposes[0].title == READY_MADE["news"].texts[default][0]


async def test_only_what_comes_from_meta_is_missing(newcomer: Newcomer) -> None:
    """Right after it, `check` names id, secret and token, and nothing else."""
    await newcomer.begins()
    code, said = await newcomer.runs("check", "--offline")
    assert code == 2
    named_keys = {line.split(":")[0].strip() for line in said.splitlines() if ": found" in line}
    assert named_keys == {
        "messenger.app_id",
        "messenger.app_secret_file",
        "pages.0.id",
        "pages.0.access_token",
    }


async def test_files_and_folders_are_their_owners(newcomer: Newcomer) -> None:
    """Folders are 0700, files 0600; the verify token is random; the kit opens the keys."""
    await newcomer.begins()
    for name in ("data", "keys", "secrets"):
        assert stat.S_IMODE((newcomer.folder / name).stat().st_mode) == 0o700
    files = [path for path in newcomer.folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert len({*(newcomer.folder / "secrets" / "verify_token").read_text().strip()}) > 10


async def test_it_prints_the_recovery_kit_and_what_is_next(newcomer: Newcomer) -> None:
    """What is printed opens what is kept; `connect` and `check` are named."""
    asked = ("Club", "1 Sample Street", "club@example.org", "https://bot.club.test", *[""] * 4)
    code, said = await newcomer.runs("init", typed=asked)
    assert code == 0
    kit = {line.name: line.secret for line in read_kit(said)}
    assert kit == named(FileSecrets(newcomer.folder / "keys" / "keys.secret").load())
    assert "`chatmagico connect`" in said
    assert "`chatmagico check`" in said


async def test_a_wrong_answer_is_asked_for_again(newcomer: Newcomer) -> None:
    """Each question says what it wants, and Enter takes what stands in brackets."""
    typed = (
        *("", "Club", "1 Sample Street", "nobody", "club@example.org"),
        *("http://bot.club.test", "https://127.0.0.1", "https://bot.club.test/", ""),
        *("Nowhere", "Europe/Berlin", "xx", "de,en", "gossip", ""),
    )
    code, said = await newcomer.runs("init", typed=typed)
    assert code == 0, said
    raw = tomllib.loads(newcomer.config.read_text(encoding="utf-8"))
    assert raw["controller"]["email"] == "club@example.org"
    assert raw["server"]["public_url"] == "https://bot.club.test"
    assert raw["pages"][0] == {"name": "Club", "time_zone": "Europe/Berlin"}
    assert raw["languages"] == {"default": "de", "offered": ["de", "en"]}
    assert [purpose["id"] for purpose in raw["purposes"]] == ["news"]


@pytest.mark.parametrize("place", ["config.toml", "keys/keys.secret", "secrets/app_secret"])
async def test_nothing_is_overwritten(newcomer: Newcomer, place: str) -> None:
    """One file that is there already ends it, before anything is asked or written."""
    there = newcomer.folder / place
    there.parent.mkdir(exist_ok=True)
    there.write_text("holiday pictures", encoding="ascii")
    code, said = await newcomer.runs("init")
    assert code == 2
    assert "is there already, so nothing was written" in said
    assert [path for path in newcomer.folder.rglob("*") if path.is_file()] == [there]
    assert there.read_text(encoding="ascii") == "holiday pictures"


async def test_answers_that_end_write_nothing(newcomer: Newcomer) -> None:
    """Whoever leaves half-way finds the folder as it was."""
    code, _ = await newcomer.runs("init", typed=("Club",))
    assert code == 1
    assert list(newcomer.folder.iterdir()) == []
