"""Where erasures are passed on to, and with what."""

from typing import Any

import pytest

from bot.settings import SettingsFaults, parse_settings

URL = "https://post.example.org/bot/erase"
TOKEN = "wq7-hJ2.kd84Lz_p"


def at_fault(*recipients: dict[str, str], environment: str = "production") -> list[str]:
    """Return the keys of recipients that are refused."""
    own = {"role": "mail", "country": "DE"}
    raw: dict[str, Any] = {
        "environment": environment,
        "messenger": {"app_id": "1", "app_secret": "a" * 32, "verify_token": "b" * 16},
        "pages": [{"id": "1", "name": "Garden Club", "access_token": "t"}],
        "recipients": [{"name": "Post of the Garden", **own, **one} for one in recipients],
    }
    try:
        parse_settings(raw)
    except SettingsFaults as refused:
        return [fault.key for fault in refused.faults if fault.key.startswith("recipients")]
    return []


@pytest.mark.parametrize(
    "url",
    [
        "http://post.example.org/erase",
        "http://127.0.0.1:9000/erase",
        "https://post.example.org/erase?token=x",
        "https://me:pw@post.example.org/erase",
        "post.example.org",
    ],
)
def test_production_tells_by_https_only(url: str) -> None:
    """And never with a secret in the address."""
    assert at_fault({"erasure_url": url}) == ["recipients.0.erasure_url"]
    assert at_fault({"erasure_url": URL}) == []


def test_development_may_tell_this_machine_in_clear() -> None:
    """No other one."""
    for url, keys in (
        ("http://127.0.0.1:9000/erase", []),
        ("http://10.0.0.1/erase", ["recipients.0.erasure_url"]),
    ):
        assert at_fault({"erasure_url": url}, environment="development") == keys


def test_a_token_needs_an_address_and_has_to_be_a_good_one() -> None:
    """A token alone is for nobody, and in production a weak one is refused."""
    assert at_fault({"erasure_token": TOKEN}) == ["recipients.0.erasure_url"]
    assert at_fault({"erasure_token": TOKEN, "erasure_url": URL}) == []
    weak = {"erasure_token": "secret-token", "erasure_url": URL}
    assert at_fault(weak) == ["recipients.0.erasure_token"]


def test_who_is_told_of_erasures_has_a_name_of_its_own() -> None:
    """Two of one name could not be told apart where one has confirmed and one has not."""
    assert at_fault({}, {"erasure_url": URL}) == ["recipients.1.name"]
    assert at_fault({"erasure_url": URL}, {}) == ["recipients.1.name"]
    assert at_fault({}, {}) == []
