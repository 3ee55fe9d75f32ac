"""A configuration file that cannot be used, or is not there: this alone is told."""

import os
from pathlib import Path

import pytest

from tests.bot.test_settings import CANARY, LEAST, faults_in


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the least a configuration needs."""
    path = tmp_path / "config.toml"
    path.write_text(LEAST)
    return path


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (b"[server]\nport = \n", "no valid TOML, line 2"),
        (b"[server]\nhost = '''" + CANARY.encode(), "no valid TOML, at its end"),
        (b"\xff\xfe", "no valid TOML"),
    ],
)
def test_a_broken_file_stands_alone(file: Path, written: bytes, found: str) -> None:
    """A file that is no TOML is told by its line, without quoting it, and nothing else is told."""
    file.write_bytes(written)
    assert {key: fault.found for key, fault in faults_in(file).items()} == {str(file): found}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_stands_alone(file: Path) -> None:
    """A file that the bot has no leave to read is told as such."""
    file.chmod(0)
    assert faults_in(file)[str(file)].found == "a file that cannot be read"


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    """A path without a file is told by that path, and nothing else is told."""
    (fault,) = faults_in(tmp_path / "none.toml").values()
    assert (fault.key, fault.found) == (str(tmp_path / "none.toml"), "no file at that path")


def test_no_file_at_all_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file, it says which one to copy, also where the environment holds the secrets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET", "s")
    (fault,) = faults_in(None).values()
    assert (fault.key, fault.found) == ("config.toml", "no file in this folder")
    assert fault.mend == (
        "Run `chatmagico init`, or copy config.example.toml to config.toml, or name yours with "
        "--config."
    )


def test_an_environment_without_a_file_lists_its_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment is meant to be everything, what it lacks is told key by key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_ID", "1")
    assert {"messenger.app_secret", "pages"} <= set(faults_in(None))
