"""Rules between keys, and what production asks for."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.settings import SettingsFaults, parse_settings
from bot.settings.examples import EXAMPLES

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
APP_SECRET = "3f9c1be07a5d4286b1f0c7e29d84a65b"
POSTGRES = "postgresql+asyncpg://bot:pw@localhost/chat"


@pytest.fixture
def raw() -> dict[str, Any]:
    """Return the example configuration with good secrets and everything replaced."""
    raw = tomllib.loads(EXAMPLE.read_text())
    raw["server"]["public_url"] = "https://bot.gardenclub.test"
    raw["pages"][0] |= {"id": "555000111", "name": "Garden Club"}
    raw["controller"] |= {
        "name": "Garden and Book Club",
        "address": "2 Garden Lane, 20000 Gardenham",
        "email": "club@gardenclub.test",
    }
    raw["recipients"][0]["name"] = "Hosting of the Garden"
    secrets = {"app_secret": APP_SECRET, "verify_token": "wq7-hJ2.kd84Lz_p"}
    raw["messenger"] |= {"app_id": "424242"} | secrets
    raw["pages"][0]["access_token"] = "EAAGm0PX4ZCpsBAKZCwq7hJ2kd84Lz"
    return raw


def put(raw: dict[str, Any], key: str, value: object) -> None:
    """Set a key such as "pages.0.id"; None removes it."""
    *path, last = key.split(".")
    table: Any = raw
    for step in path:
        table = table[int(step)] if step.isdigit() else table.setdefault(step, {})
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value


def keys_at_fault(raw: dict[str, Any]) -> list[str]:
    """Return the keys that are refused, in order."""
    try:
        parse_settings(raw)
    except SettingsFaults as refused:
        return [fault.key for fault in refused.faults]
    return []


def test_the_example_breaks_no_rule(raw: dict[str, Any]) -> None:
    """What the other tests start from is good."""
    assert keys_at_fault(raw) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("environment", "staging"),
        ("server.port", 65536),
        ("server.public_url", "http://bot.example.org"),
        ("server.public_url", "https://"),
        ("server.public_url", "https://[::1"),
        ("server.public_url", "https://bot.example.org/?x=1"),
        ("server.public_url", "https://bot.example.org@elsewhere.example.org"),
        ("server.public_url", "https://bot.example.org/<b>"),
        ("server.public_url", "https://bot.example.org\\x"),
        ("server.public_url", "https://b\u043et.example.org"),
        ("server.public_url", "https://bot.example.org\n"),
        ("server.public_url", "https://localhost"),
        ("server.public_url", "https://[::1]"),
        ("server.public_url", None),
        ("server.trusted_proxies", None),
        ("server.trusted_proxies", []),
        ("server.trusted_proxies", ["0.0.0.0/0"]),
        ("server.trusted_proxies", ["0.0.0.0/0.0.0.0"]),
        ("server.trusted_proxies", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("server.trusted_proxies", ["::/1", "8000::/1"]),
        ("server.trusted_proxies", ["10.0.0.1/8"]),
        ("messenger.app_id", "abc"),
        ("messenger.app_secret", None),
        ("messenger.app_secret", "3f9c1be0"),
        ("messenger.app_secret", "a" * 32),
        ("messenger.app_secret", "test-app-secret-0123456789-example"),
        ("messenger.app_secret_previous", "short"),
        ("messenger.verify_token", "verify_token_12345"),
        ("messenger.verify_token", "wq7-hJ2"),
        ("messenger.verify_token", APP_SECRET),
        ("messenger.graph_url", "http://127.0.0.1:8000"),
        ("messenger.graph_url", "ftp://graph.example.org"),
        ("messenger.graph_url", "https://graph.facebook.com@elsewhere.example.org"),
        ("messenger.graph_url", "https://graph.example.org/x?y="),
        ("messenger.graph_url", "https://graph.example.org/#y"),
        ("messenger.graph_version", "26"),
        ("pages.0.access_token", "change-me-change-me-change-me"),
        ("pages.0.name", ""),
        ("controller.name", ""),
        ("controller.address", None),
        ("controller.email", None),
        ("languages.default", "fr"),
        ("languages.default", "xx"),
        ("purposes.0.title", "A title of 21 letters"),
        ("purposes.0.title", None),
        ("purposes.0.text", "x" * 401),
        ("purposes.0.class", "news"),
        ("purposes.0.id", "Big News"),
        ("purposes.0.needs", ["birth_date"]),
        ("purposes.0.de", None),
        ("purposes.0.de.title", "x" * 21),
        ("recipients.0.purposes", ["no such"]),
        ("recipients.0.country", "Germany"),
        ("age.minimum", -1),
        ("retention.stranger_hours", 0),
        ("retention.stranger_hours", 721),
        ("storage.url", "mysql://localhost/chat"),
        ("storage.url", "sqlite+aiosqlite:///:memory:"),
        ("keys.url", "sqlite+aiosqlite:///data/../data/chatmagico.db"),
        ("keys.url", "sqlite+aiosqlite:///data/keys.db"),
        ("keys.url", "sqlite+aiosqlite:///data/deeper/keys.db?timeout=1"),
        ("keys.url", "postgresql+asyncpg://keys:pw@keys.example.org/keys"),
        ("storage.url", "postgresql+asyncpg://bot:pw@data.example.org/chat"),
        ("storage.url", "postgresql+asyncpg://bot:pw@data.example.org/chat?ssl=require"),
        ("storage.url", "postgresql+asyncpg://bot:pw@10.0.0.5/chat?ssl=verify-ca"),
        ("storage.url", "postgresql+asyncpg://bot:pw@localhost/chat?host=data.example.org"),
        ("storage.url", "postgresql+asyncpg://bot:pw@/chat?host=localhost&host=data.example.org"),
        ("storage.url", "postgresql+asyncpg://bot:pw@db/chat?ssl=verify-full&ssl=disable"),
        ("keys.file", "data/keys.secret"),
        ("keys.backup_days", 0),
        ("storage.tombstones", "data/tombstones.log"),
        ("keys.provider", "cloud"),
        ("metrics.host", "0.0.0.0"),  # noqa: S104 - what the rule refuses
        ("metrics.host", "bot.example.org"),
        ("metrics.port", 8080),
        ("pace.answers_per_s", 301),
        ("pace.broadcasts_per_s", 41),
    ],
)
def test_production_refuses_it(raw: dict[str, Any], key: str, value: object) -> None:
    """The one key that is wrong is the one that is told."""
    put(raw, key, value)
    at_fault = keys_at_fault(raw)
    assert len(at_fault) == 1
    assert at_fault[0].startswith(key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.public_url", "https://bot.example.org:8443/a-path/of_its.own/"),
        ("server.trusted_proxies", ["10.0.0.0/8", "fd00::/8"]),
        ("messenger.graph_url", "https://graph.example.org/proxied"),
        ("retention.stranger_hours", 720),
        ("keys.url", "sqlite+aiosqlite:///data-keys/keys.db"),
        ("storage.url", "postgresql+asyncpg://bot:pw@data.example.org/chat?ssl=verify-full"),
        ("storage.url", "postgresql+asyncpg://bot:pw@127.0.0.1/chat"),
        ("storage.url", "postgresql+asyncpg://bot:pw@[::1]:5433/chat"),
        ("storage.url", "postgresql+asyncpg://bot:pw@/chat?host=/run/postgresql"),
    ],
)
def test_production_accepts_it(raw: dict[str, Any], key: str, value: object) -> None:
    """What is safe is not refused."""
    put(raw, key, value)
    assert keys_at_fault(raw) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.public_url", "http://127.0.0.1:8080"),
        ("server.public_url", "http://[::1]:8080"),
        ("retention.stranger_hours", 1000),
        ("storage.url", "postgresql+asyncpg://bot:pw@data.example.org/chat"),
        ("server.trusted_proxies", None),
        ("messenger.app_secret", "secret"),
        ("messenger.verify_token", "verify"),
        ("messenger.graph_url", "http://127.0.0.1:8000"),
        ("messenger.graph_url", "http://localhost:8000"),
        ("pages.0.access_token", "token"),
        ("controller.email", None),
        ("purposes.0.de", None),
        ("keys.file", "data/keys.secret"),
    ],
)
def test_development_accepts_it(raw: dict[str, Any], key: str, value: object) -> None:
    """On one's own machine http, weak secrets and missing words are good enough."""
    put(raw, key, value)
    raw["environment"] = "development"
    assert keys_at_fault(raw) == []


@pytest.mark.parametrize(("section", "key", "example"), EXAMPLES)
def test_production_refuses_an_example(
    raw: dict[str, Any], section: str, key: str, example: str
) -> None:
    """What the example shows in this place would tell people of nobody real."""
    shown = tomllib.loads(EXAMPLE.read_text())[section]
    is_list = isinstance(shown, list)
    assert (shown[0] if is_list else shown)[key] == example
    place = f"{section}.0.{key}" if is_list else f"{section}.{key}"
    put(raw, place, example)
    with pytest.raises(SettingsFaults) as refused:
        parse_settings(raw)
    (fault,) = refused.value.faults
    assert (fault.key, fault.found) == (place, "an example that was never replaced")
    raw["environment"] = "development"
    assert keys_at_fault(raw) == []


def test_clear_http_never_leaves_the_machine(raw: dict[str, Any]) -> None:
    """In development too, a Graph API in the clear must be on a loopback address."""
    raw["environment"] = "development"
    put(raw, "messenger.graph_url", "http://graph.example.org")
    assert keys_at_fault(raw) == ["messenger.graph_url"]


def test_a_certificate_takes_the_place_of_proxies(raw: dict[str, Any], tmp_path: Path) -> None:
    """With certificate and key of its own, the bot needs no proxy."""
    put(raw, "server.trusted_proxies", None)
    for name in ("certificate", "key"):
        (tmp_path / name).touch()
        put(raw, f"server.tls_{name}_file", str(tmp_path / name))
    assert keys_at_fault(raw) == []


def test_certificate_and_key_come_together(raw: dict[str, Any], tmp_path: Path) -> None:
    """A certificate without its key, or a path without a file, is refused."""
    put(raw, "server.tls_certificate_file", str(tmp_path / "none.pem"))
    assert keys_at_fault(raw) == ["server.tls_certificate_file", "server.tls_key_file"]


@pytest.mark.parametrize(
    ("keys_url", "at_fault"),
    [
        (POSTGRES.replace("localhost", "127.0.0.1:5432"), ["keys.url"]),
        (POSTGRES.replace("bot:pw@", ""), ["keys.url"]),
        (POSTGRES.replace("localhost", "[::1]"), ["keys.url"]),
        (POSTGRES.replace("localhost", "") + "?host=localhost", ["keys.url"]),
        (POSTGRES.replace("localhost", "") + "?host=localhost:5432", ["keys.url"]),
        (POSTGRES.replace("localhost", "") + "?host=/run&host=localhost", ["keys.url"]),
        (POSTGRES.replace("localhost", "db") + "?host=localhost&port=5432", ["keys.url"]),
        (POSTGRES.replace("/chat", "/ch%61t"), ["keys.url"]),
        (POSTGRES.replace("/chat", "/keys?database=chat"), ["keys.url"]),
        (POSTGRES.replace("localhost", "") + "?host=/run/postgresql", []),
        (POSTGRES.replace("localhost", "localhost:5433"), []),
        (POSTGRES.replace("/chat", "/keys"), []),
        ("sqlite+aiosqlite:///keys/keys.db", []),
        (POSTGRES.replace("localhost", "localhost:x"), []),
    ],
)
def test_two_postgresql_databases_are_told_apart(
    raw: dict[str, Any], keys_url: str, at_fault: list[str]
) -> None:
    """The same database is found behind another spelling of its address."""
    put(raw, "storage.url", POSTGRES)
    put(raw, "keys.url", keys_url)
    assert keys_at_fault(raw) == at_fault


def test_ids_stand_once(raw: dict[str, Any]) -> None:
    """A Page or a purpose that is written twice is refused at its second place."""
    raw["pages"] *= 2
    raw["purposes"] *= 2
    assert keys_at_fault(raw) == ["pages.1.id", "purposes.1.id"]


def test_rules_speak_although_single_keys_are_bad(raw: dict[str, Any]) -> None:
    """Every fault is told at once, whichever check finds it."""
    put(raw, "messenger.app_id", None)
    put(raw, "messenger.app_secret", "short")
    put(raw, "server.port", "many")
    put(raw, "server.public_url", "http://bot.example.org")
    assert sorted(keys_at_fault(raw)) == [
        "messenger.app_id",
        "messenger.app_secret",
        "server.port",
        "server.public_url",
    ]


def test_a_purpose_may_live_in_tables_alone(raw: dict[str, Any]) -> None:
    """Plain title and text may be left out where the default language has a table."""
    put(raw, "purposes.0.en", {"title": "News", "text": "We write."})
    put(raw, "purposes.0.title", None)
    put(raw, "purposes.0.text", None)
    settings = parse_settings(raw)
    words = settings.purposes[0].in_languages(settings.languages)
    titles = {code: word.title for code, word in words.items()}
    assert titles == {"en": "News", "de": "Neuigkeiten"}


def test_broadcasts_stay_within_the_pages_pace(raw: dict[str, Any]) -> None:
    """Broadcasts count into the Page's total, so they cannot exceed it."""
    put(raw, "pace.answers_per_s", 10)
    assert keys_at_fault(raw) == ["pace.broadcasts_per_s"]
