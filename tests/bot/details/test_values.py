"""What people type, taken as they mean it or refused."""

from zoneinfo import ZoneInfo

import pytest

from bot.details.values import accepted, masked, zones
from storage.details import Field

GOOD: list[tuple[Field, str, str]] = [
    ("name", "  Anna   Muster ", "Anna Muster"),
    ("name", "Zażółć Gęślą", "Zażółć Gęślą"),
    ("email", "Anna@Example.org", "Anna@example.org"),
    ("email", " anna+news@example.org ", "anna+news@example.org"),
    ("email", "anna@müller.example.org", "anna@xn--mller-kva.example.org"),
    ("phone", "+49 30 901820", "+49 30 901820"),
    ("phone", "0049 (30) 90-18-20", "+49 30 901820"),
    ("phone", "+48 22 123 45 67", "+48 22 123 45 67"),
    ("time_zone", "Europe/Berlin", "Europe/Berlin"),
    ("time_zone", "berlin", "Europe/Berlin"),
    ("time_zone", "new york", "America/New_York"),
    ("time_zone", "UTC", "UTC"),
]
BAD: list[tuple[Field, str]] = [
    ("name", ""),
    ("name", " \n\t "),
    ("name", "x" * 101),
    ("name", "a\u202eb"),
    ("email", "anna at example"),
    ("email", "anna@localhost"),
    ("email", "änna@example.org"),
    ("email", "anna@example.org, bob@example.org"),
    ("email", "anna@example.org\r\nBcc: bob@example.org"),
    ("email", "x" * 400 + "@example.org"),
    ("phone", "030 901820"),
    ("phone", "+49"),
    ("phone", "call me"),
    ("phone", "9" * 400),
    ("time_zone", "Atlantis"),
    ("time_zone", "../../etc/passwd"),
    ("time_zone", "posixrules"),
]


@pytest.mark.parametrize(("name", "typed", "kept"), GOOD)
def test_what_is_meant_is_kept_in_its_usual_form(name: Field, typed: str, kept: str) -> None:
    """And that form is taken again, so that a file handed back is no worse."""
    assert accepted(name, typed) == kept
    assert accepted(name, kept) == kept


@pytest.mark.parametrize(("name", "typed"), BAD)
def test_what_is_no_such_thing_is_refused(name: Field, typed: str) -> None:
    """Nothing is guessed, and nothing that could reach a mail's head is let through."""
    assert accepted(name, typed) is None


@pytest.mark.parametrize(("name", "kept"), [(name, kept) for name, _, kept in GOOD])
def test_a_masked_value_tells_little(name: Field, kept: str) -> None:
    """Its owner knows it again; most of it is not there."""
    shown = masked(name, kept)
    assert "•••" in shown
    assert kept not in shown
    assert len(shown.replace("•", "")) <= 7


def test_every_zone_offered_is_a_zone() -> None:
    """Also on a machine whose own list is another."""
    for named in zones().values():
        for zone in named:
            assert ZoneInfo(zone).key == zone
            assert accepted("time_zone", zone) == zone
