"""The gate: every command, role and proof there is, against the table that the guide shows."""

from itertools import product
from pathlib import Path
from typing import Final

import pytest

from bot.admins.gate import RULES, Act, Actor, Gate
from bot.admins.rule import Proof, Rule, Two
from flows import FLOWS
from storage import PersonId
from storage.admins import ROLES, Admin, Role

GUIDE: Final = (Path(__file__).parents[3] / "docs" / "admins.md").read_text(encoding="utf-8")
THIS, OTHER = b"t" * 32, b"o" * 32
#: What an actor may have to show: a session, or a code or an agreement for this or another act.
SHOWN: Final = {
    "nothing": {},
    "a session": {"has_session": True},
    "a code for this": {"has_session": True, "proved": THIS},
    "a code for another act": {"has_session": True, "proved": OTHER},
    "this is agreed to": {"has_session": True, "agreed": THIS},
    "another act is agreed to": {"has_session": True, "agreed": OTHER},
}


def told() -> dict[str, tuple[set[str], str, str]]:
    """Return the guide's table: roles, proof and two, by command."""
    rows = (line.strip("|").split("|") for line in GUIDE.splitlines() if line.startswith("| `"))
    cells = ([cell.strip() for cell in row] for row in rows)
    return {
        name.strip("`"): (set(roles.split(", ")), proof, two) for name, roles, proof, two in cells
    }


TOLD: Final = told()


def test_the_guide_tells_every_command() -> None:
    """A command without a row in the guide fails, and so does a row without a command."""
    assert set(TOLD) == set(RULES)


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("role", ROLES)
def test_each_cell_is_decided_as_told(role: Role, shown: str) -> None:
    """What the guide says is what the gate does: role first, then proof, then the second admin."""
    for command, is_alone, is_large in product(TOLD, (False, True), (False, True)):
        is_as_told = _verdict(command, role, shown, is_alone=is_alone, is_large=is_large)
        assert is_as_told == _told(command, role, shown, is_alone=is_alone, is_large=is_large), (
            command,
            is_alone,
            is_large,
        )


def _verdict(command: str, role: Role, shown: str, *, is_alone: bool, is_large: bool) -> str:
    """Return what the gate says."""
    actor = Actor(Admin(PersonId(b"p" * 16), 1, role), is_alone=is_alone, **SHOWN[shown])
    return Gate(RULES).authorize(actor, command, Act("A-2", is_large=is_large), THIS)


def _told(command: str, role: Role, shown: str, *, is_alone: bool, is_large: bool) -> str:
    """Return what the guide says."""
    roles, proof, two = TOLD[command]
    takes_two = two == "always" or (two == "large" and is_large)
    if role not in roles:
        return "role"
    if proof == "none" or (proof == "session" and shown != "nothing"):
        return "allowed"
    if proof == "session":
        return "needs_session"
    if "this" not in shown:
        return "needs_code"
    if takes_two and shown == "a code for this":
        return "needs_delay" if is_alone else "needs_second"
    return "allowed"


@pytest.mark.parametrize("role", ROLES)
def test_what_is_in_no_table_is_allowed_to_nobody(role: Role) -> None:
    """A command that the gate does not know is refused, whatever is shown."""
    actor = Actor(Admin(PersonId(b"p" * 16), 1, role), has_session=True, proved=THIS, agreed=THIS)
    assert Gate(RULES).authorize(actor, "format", Act("A-1"), THIS) == "unknown"


def test_an_act_without_a_digest_is_never_proven() -> None:
    """An empty digest matches nothing, not even a proof that is empty too."""
    rule = Rule(("owner",), Proof.CODE, usage="/x", does="x")
    actor = Actor(Admin(PersonId(b"p" * 16), 1, "owner"), proved=b"", agreed=b"")
    assert Gate({"x": rule}).authorize(actor, "x", Act("A-1"), b"") == "needs_code"


@pytest.mark.parametrize("command", RULES)
def test_each_command_has_words_and_something_to_type(command: str) -> None:
    """A flow answers it; what /help shows begins with it and can be a button where it is plain."""
    assert FLOWS.finding(f"/{command}") is not None
    assert RULES[command].usage.startswith(f"/{command}")
    assert RULES[command].does.endswith(".")
    assert len(RULES[command].usage) <= 20 or " " in RULES[command].usage


@pytest.mark.parametrize("command", RULES)
def test_only_what_needs_a_code_can_take_two(command: str) -> None:
    """Agreement is bound to a digest, so it goes with a code."""
    rule = RULES[command]
    assert rule.two is Two.NEVER or rule.proof is Proof.CODE
