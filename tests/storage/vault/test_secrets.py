"""Secrets: refused when weak, missing or open to others, and never shown."""

from pathlib import Path

import pytest

from storage import KeysUnusable
from storage.vault.secrets import EnvironmentSecrets, FileSecrets, Secrets

GOOD = bytes(range(32)).hex()
OTHER = bytes(range(32, 64)).hex()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Secrets as `keys init` makes them."""
    path = tmp_path / "keys" / "keys.secret"
    assert FileSecrets(path).create()
    return path


def epoch_file(file: Path, number: object = 1) -> Path:
    """Return where the secret of an epoch stands."""
    return file.with_name(f"{file.name}.epoch-{number}")


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a secret file of its owner only, or of others too."""
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_new_secrets_are_random_and_their_owners_only(file: Path) -> None:
    """Root and first epoch are independent, and nobody else may read them."""
    loaded = FileSecrets(file).load()
    assert loaded.current_epoch == 1
    assert loaded.root != loaded.epochs[1]
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_making_secrets_again_touches_nothing(file: Path) -> None:
    """Secrets that exist are never written over."""
    before = FileSecrets(file).load()
    assert not FileSecrets(file).create()
    assert FileSecrets(file).load() == before


def test_secrets_of_two_deployments_differ(tmp_path: Path) -> None:
    """Nothing about new secrets can be guessed."""
    made = []
    for name in ("one", "other"):
        FileSecrets(tmp_path / name).create()
        made.append(FileSecrets(tmp_path / name).load())
    assert made[0].root != made[1].root
    assert made[0].epochs != made[1].epochs


def test_a_lost_root_is_not_made_anew(file: Path) -> None:
    """Where only the epoch's file is left, new secrets would open nothing: it is refused."""
    file.unlink()
    with pytest.raises(KeysUnusable, match="without its companion"):
        FileSecrets(file).create()
    assert not file.exists()


def test_the_highest_epoch_is_current(file: Path) -> None:
    """Every epoch can be opened; new keys are wrapped under the newest, 10 after 9."""
    for number in (9, 10):
        write(epoch_file(file, number), OTHER)
    loaded = FileSecrets(file).load()
    assert sorted(loaded.epochs) == [1, 9, 10]
    assert loaded.current_epoch == 10


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o777])
@pytest.mark.parametrize("is_root", [True, False])
def test_a_file_open_to_others_is_refused(file: Path, mode: int, *, is_root: bool) -> None:
    """Whoever else may read, write or run a secret: the start is refused, with the mode."""
    (file if is_root else epoch_file(file)).chmod(mode)
    with pytest.raises(KeysUnusable, match=f"{mode:04o}"):
        FileSecrets(file).load()


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_its_owner_is_taken(file: Path, mode: int) -> None:
    """Read-only is as good."""
    file.chmod(mode)
    assert FileSecrets(file).load().root


WEAK = {
    "empty": "",
    "short": GOOD[:62],
    "long": GOOD + "ff",
    "not hexadecimal": "x" * 64,
    "not ascii": "ż" * 64,
    "all zeros": "00" * 32,
    "few different bytes": "0102030405060708" * 3 + "01" * 8,
    "a word": "changeme",
}


@pytest.mark.parametrize("text", WEAK.values(), ids=WEAK)
@pytest.mark.parametrize("is_root", [True, False])
def test_a_weak_secret_is_refused(file: Path, text: str, *, is_root: bool) -> None:
    """What is not 32 random bytes is refused, and the error does not repeat it."""
    write(file if is_root else epoch_file(file), text)
    with pytest.raises(KeysUnusable) as refused:
        FileSecrets(file).load()
    assert not text or text not in str(refused.value)


def test_a_missing_root_is_refused(file: Path) -> None:
    """Without the root secret nobody can be found."""
    file.unlink()
    with pytest.raises(KeysUnusable, match="cannot be read"):
        FileSecrets(file).load()


def test_a_missing_epoch_is_refused(file: Path) -> None:
    """Without an epoch no key can be opened."""
    epoch_file(file).unlink()
    with pytest.raises(KeysUnusable, match="no epoch file"):
        FileSecrets(file).load()


@pytest.mark.parametrize("end", ["1.bak", "1~", "", "one", "²", "-1"])
def test_a_stray_epoch_file_is_named(file: Path, end: str) -> None:
    """A copy that an editor left beside the secrets is named instead of guessed at."""
    write(epoch_file(file, end), OTHER)
    with pytest.raises(KeysUnusable, match="not the number of an epoch"):
        FileSecrets(file).load()


def test_secrets_come_from_the_environment_too() -> None:
    """Root and epochs are read from the variables that are handed in; others are not looked at."""
    loaded = EnvironmentSecrets(
        {"CHATMAGICO_ROOT_SECRET": GOOD, "CHATMAGICO_EPOCH_2": OTHER, "5": "x", "PATH": "/bin"}
    ).load()
    assert loaded == Secrets(bytes.fromhex(GOOD), {2: bytes.fromhex(OTHER)})


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"CHATMAGICO_ROOT_SECRET": GOOD},
        {"CHATMAGICO_EPOCH_1": GOOD},
        {"CHATMAGICO_ROOT_SECRET": GOOD, "CHATMAGICO_EPOCH_1": "changeme"},
        {"CHATMAGICO_ROOT_SECRET": "00" * 32, "CHATMAGICO_EPOCH_1": GOOD},
        {"CHATMAGICO_ROOT_SECRET": GOOD, "CHATMAGICO_EPOCH_X": GOOD},
    ],
    ids=lambda environment: " ".join(environment) or "nothing",
)
def test_an_incomplete_environment_is_refused(environment: dict[str, str]) -> None:
    """A variable that is missing, weak or misnamed is refused."""
    with pytest.raises(KeysUnusable):
        EnvironmentSecrets(environment).load()


def test_nothing_secret_is_shown(file: Path) -> None:
    """Secrets and their providers can be printed, as a traceback does, without telling them."""
    environment = {"CHATMAGICO_ROOT_SECRET": GOOD, "CHATMAGICO_EPOCH_1": OTHER}
    loaded = EnvironmentSecrets(environment).load()
    shown = " ".join(map(repr, (loaded, EnvironmentSecrets(environment), FileSecrets(file).load())))
    for secret in (GOOD, OTHER, file.read_text(encoding="ascii").strip()):
        assert secret not in shown
        assert repr(bytes.fromhex(secret)) not in shown
    assert "epochs=[1]" in shown
