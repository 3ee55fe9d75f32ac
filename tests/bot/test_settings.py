"""Reading the settings: file, environment, secret files, and every fault at once."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Fault, Settings, SettingsFaults, load_settings, parse_settings

CANARY = "canary-7KQ2M4-canary"
LEAST = """
environment = "development"
[messenger]
app_id = "1"
app_secret = "from the file"
verify_token = "from the file"
[[pages]]
id = "11"
name = "First"
access_token = "from the file"
[[pages]]
id = "22"
name = "Second"
access_token = "from the file"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the least a configuration needs."""
    path = tmp_path / "config.toml"
    path.write_text(LEAST)
    return path


def faults_in(path: Path | None) -> dict[str, Fault]:
    """Return the faults of a configuration by key."""
    with pytest.raises(SettingsFaults) as refused:
        load_settings(path)
    return {fault.key: fault for fault in refused.value.faults}


def test_a_file_is_enough(file: Path) -> None:
    """A file with the keys that have no default is a whole configuration."""
    settings = load_settings(file)
    assert [page.name for page in settings.pages] == ["First", "Second"]
    assert settings.retention.stranger_hours == 48
    assert settings.age.minimum == 16


def test_the_path_may_come_from_the_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CHATMAGICO_CONFIG names the file where no path is given."""
    monkeypatch.setenv("CHATMAGICO_CONFIG", str(file))
    assert load_settings(None).messenger.app_id == "1"


def test_config_toml_here_is_read_by_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path and a variable, ./config.toml is read."""
    monkeypatch.chdir(file.parent)
    assert load_settings().messenger.app_id == "1"


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable replaces the one key it names and leaves its neighbours alone."""
    monkeypatch.setenv("CHATMAGICO_SERVER__PORT", "9000")
    monkeypatch.setenv("CHATMAGICO_PAGES__1__NAME", "Renamed")
    monkeypatch.setenv("CHATMAGICO_LANGUAGES__OFFERED", "en, pl")
    settings = load_settings(file)
    assert settings.server.port == 9000
    assert [(page.id, page.name) for page in settings.pages] == [("11", "First"), ("22", "Renamed")]
    assert settings.languages.offered == ("en", "pl")


def test_the_environment_can_be_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is needed: every key, also in lists of tables, has a variable."""
    monkeypatch.chdir(tmp_path)
    for key, value in {
        "ENVIRONMENT": "development",
        "MESSENGER__APP_ID": "1",
        "MESSENGER__APP_SECRET": "s",
        "MESSENGER__VERIFY_TOKEN": "v",
        "PAGES__0__ID": "11",
        "PAGES__0__NAME": "First",
        "PAGES__0__ACCESS_TOKEN": "t",
        "PURPOSES__0__ID": "news",
        "PURPOSES__0__CLASS": "marketing",
        "PURPOSES__0__DE__TITLE": "Neues",
        "PURPOSES__0__DE__TEXT": "Wir schreiben Ihnen.",
        "LANGUAGES__DEFAULT": "de",
    }.items():
        monkeypatch.setenv(f"CHATMAGICO_{key}", value)
    settings = load_settings()
    assert settings.purposes[0].in_languages(settings.languages)["fr"].title == "Neues"


def test_a_secret_file_wins_over_both(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret is read from the file that `key_file` names, without the line's end."""
    secret = file.with_name("secret")
    secret.write_text("from its own file\n")
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET", "from the environment")
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET_FILE", str(secret))
    monkeypatch.setenv("CHATMAGICO_PAGES__0__ACCESS_TOKEN_FILE", str(secret))
    settings = load_settings(file)
    assert settings.messenger.app_secret.get_secret_value() == "from its own file"
    assert settings.pages[0].access_token.get_secret_value() == "from its own file"


def test_two_app_secrets_hold_while_they_rotate(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current app secret comes first, then the previous one."""
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET_PREVIOUS", "the one before")
    secrets = load_settings(file).messenger.app_secrets
    assert [secret.get_secret_value() for secret in secrets] == ["from the file", "the one before"]


def test_an_empty_file_lists_everything_that_is_missing(file: Path) -> None:
    """One run tells every key that is needed, those of production included."""
    file.write_text("")
    assert set(faults_in(file)) == {
        "messenger.app_id",
        "messenger.app_secret",
        "messenger.verify_token",
        "pages",
        "server.public_url",
        "server.trusted_proxies",
        "controller.name",
        "controller.address",
        "controller.email",
    }


def test_an_unknown_key_is_a_fault_that_names_the_near_one(file: Path) -> None:
    """A key that is no setting is refused, at every depth."""
    file.write_text("prot = 1\n" + LEAST + "[server]\nprot = 1\n")
    faults = faults_in(file)
    assert set(faults) == {"prot", "server.prot"}
    assert faults["server.prot"].mend == "Write `port`, or remove it."


@pytest.mark.parametrize(
    ("table", "written", "meant"),
    [
        ("messenger", "app_secret_flie", "app_secret_file"),
        ("messenger", "verify_tokn", "verify_token"),
        ("server", "tls_cert", "tls_certificate_file"),
        ("retention", "stranger_days", "stranger_hours"),
    ],
)
def test_the_nearest_key_is_named(file: Path, table: str, written: str, meant: str) -> None:
    """Of all keys a table can have, those that name files included, the nearest is named."""
    own = LEAST.partition("[messenger]")[2]
    head = 'environment = "development"\n'
    file.write_text(f"{head}[{table}]\n{written} = 1\n{own if table == 'messenger' else ''}")
    assert faults_in(file)[f"{table}.{written}"].mend == f"Write `{meant}`, or remove it."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CHATMAGICO_SERVER_PORT", "CHATMAGICO_SERVER__PORT"),
        ("CHATMAGICO_APP_SECRET", "CHATMAGICO_MESSENGER__APP_SECRET"),
        ("CHATMAGICO_VERIFY_TOKEN_FILE", "CHATMAGICO_MESSENGER__VERIFY_TOKEN_FILE"),
        ("CHATMAGICO_PAGE_ACCESS_TOKEN", "CHATMAGICO_PAGES__0__ACCESS_TOKEN"),
        ("CHATMAGICO_ENVIRONMNT", "CHATMAGICO_ENVIRONMENT"),
    ],
)
def test_the_nearest_variable_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    """A misspelled variable is told with the one that was meant."""
    monkeypatch.setenv(written, "1")
    assert faults_in(file)[written].mend == f"Write {meant}, or remove the variable."


def test_an_unknown_variable_is_a_fault(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelled variable is told instead of being passed over."""
    monkeypatch.setenv("CHATMAGICO_SERVER_PORT", "1")
    monkeypatch.setenv("CHATMAGICO_SERVER__PROT", "1")
    monkeypatch.setenv("CHATMAGICO_ROOT_SECRET", "read by storage")
    faults = faults_in(file)
    assert set(faults) == {"CHATMAGICO_SERVER_PORT", "server.prot"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('messenger = "x"', "a text of 1 characters"),
        ("messenger = 3", "a number"),
        ("messenger = true", "true or false"),
        ("messenger = [1, 2]", "a list of 2"),
        ("messenger = 2026-01-01", "a date or time"),
        ('[messenger]\napp_secret = ""\napp_id = "1"\nverify_token = "v"', "an empty text"),
        ("[messenger.app_secret]\nx = 1", "a table of 1 keys"),
    ],
)
def test_what_was_found_is_told_in_shape_only(file: Path, text: str, found: str) -> None:
    """A fault describes the value it refuses without repeating it."""
    file.write_text(text)
    faults = faults_in(file)
    key = "messenger.app_secret" if "app_secret" in text else "messenger"
    assert faults[key].found == found


def test_no_value_is_ever_repeated(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong, neither the faults nor their text hold a value."""
    wrong = (f'{key} = "{CANARY}"' for key in ("environment", "age", "metrics", "keys", "pages"))
    file.write_text("\n".join(wrong))
    for key in ("SERVER__PORT", "SERVER__TRUSTED_PROXIES", "MESSENGER__APP_ID", "MAIL__PASSWORD"):
        monkeypatch.setenv(f"CHATMAGICO_{key}", CANARY)
    for key in ("STORAGE__URL", "MESSENGER__GRAPH_URL", "SERVER__PUBLIC_URL", "LANGUAGES__DEFAULT"):
        monkeypatch.setenv(f"CHATMAGICO_{key}", CANARY)
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET_FILE", CANARY)
    with pytest.raises(SettingsFaults) as refused:
        load_settings(file)
    assert len(refused.value.faults) > 12
    assert CANARY not in f"{refused.value}{refused.value!r}{refused.value.faults!r}"


def test_a_secret_file_that_cannot_be_read_is_one_fault(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's key is told, and the secret is not reported as missing as well."""
    file.write_text(LEAST.replace('app_secret = "from the file"', f'app_secret_file = "{CANARY}"'))
    monkeypatch.chdir(file.parent)
    assert set(faults_in(file)) == {"messenger.app_secret_file"}


def test_settings_do_not_change(file: Path) -> None:
    """Settings are frozen, all the way down."""
    settings = load_settings(file)
    with pytest.raises(ValidationError):
        settings.environment = "production"
    with pytest.raises(ValidationError):
        settings.server.port = 1


def test_secrets_do_not_show(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither str nor repr of the settings holds a secret or a database's password."""
    monkeypatch.setenv("CHATMAGICO_MESSENGER__APP_SECRET", CANARY)
    monkeypatch.setenv("CHATMAGICO_STORAGE__URL", f"postgresql+asyncpg://bot:{CANARY}@db/chat")
    settings = load_settings(file)
    assert settings.storage.url.count(CANARY) == 1
    assert CANARY not in f"{settings}{settings!r}"


@pytest.mark.parametrize("key", ["controller", "pages"])
def test_a_name_has_one_line(key: str) -> None:
    """It stands in the head of a mail, where another line would be another field."""
    named = {"name": "Club\r\nBcc: somebody@example.org"}
    page = {"id": 11, "name": "First", "access_token": "t"}
    raw: dict[str, Any] = {
        "environment": "development",
        "messenger": {"app_id": 1, "app_secret": "s", "verify_token": "v"},
        "pages": [page | (named if key == "pages" else {})],
        "controller": named if key == "controller" else {},
    }
    with pytest.raises(SettingsFaults):
        parse_settings(raw)


def test_settings_at_hand_are_checked_alike() -> None:
    """`parse_settings` takes a mapping, reads no environment and leaves the mapping as it was."""
    page = {"id": 11, "name": "First", "access_token": "t"}
    raw: dict[str, Any] = {
        "environment": "development",
        "messenger": {"app_id": 1, "app_secret": "s", "verify_token": "v"},
        "pages": [page],
        "server": {"public_url": "http://127.0.0.1:8080/"},
    }
    settings: Settings = parse_settings(raw)
    assert settings.pages[0].id == "11"
    assert settings.server.public_url == "http://127.0.0.1:8080"
    assert raw["pages"] == [page]


@pytest.mark.parametrize(("provider", "is_refused"), [("file", False), ("environment", True)])
def test_no_period_is_promised_that_only_the_operator_can_keep(
    file: Path, provider: str, *, is_refused: bool
) -> None:
    """The bot can't set the next variable, nor remove the old one, so it rotates by file only."""
    keys = f'[keys]\nprovider = "{provider}"\nrotate_days = 30\nbackup_days = 14\n'
    file.write_text(LEAST + keys)
    if is_refused:
        assert list(faults_in(file)) == ["keys.rotate_days"]
    else:
        assert load_settings(file).keys.dark_after_days == 45
