"""The blind index: known answers, and no two values that look alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault.blind_index import blind_index, event_key
from storage.vault.secrets import Secrets

GOLDEN = json.loads((Path(__file__).parent / "golden" / "indexes_1.json").read_text())
KEY = bytes(range(32))


@pytest.mark.parametrize("known", GOLDEN["indexes"], ids=lambda known: "/".join(known["parts"]))
def test_a_value_is_found_for_ever(known: dict[str, Any]) -> None:
    """An index written by the first release is the one looked for by every later one."""
    key = bytes.fromhex(known["key"])
    assert blind_index(key, *known["parts"]).hex() == known["index"]
    assert event_key(key, *known["parts"]).hex() == known["event_key"]


def test_the_roots_keys_stay_the_same() -> None:
    """The key of a use depends on the root secret and the use, and on nothing else."""
    known = GOLDEN["derived"]
    root = bytes.fromhex(known["root"])
    derived = Secrets(root, {1: KEY}).derive(known["use"])
    assert derived.hex() == known["key"]
    assert Secrets(root, {2: root}).derive(known["use"]) == derived
    assert Secrets(root, {1: KEY}).derive("something else") != derived


parts = st.lists(st.text(max_size=4), max_size=4)


@given(one=parts, other=parts)
def test_no_two_values_look_alike(one: list[str], other: list[str]) -> None:
    """Different parts give different indexes, also where they read the same put together."""
    alike = blind_index(KEY, *one) == blind_index(KEY, *other)
    assert alike is (one == other)


def test_without_the_key_nothing_can_be_guessed() -> None:
    """The same value has another index under another key."""
    assert blind_index(KEY, "555", "7000") != blind_index(bytes(32), "555", "7000")
    assert len(blind_index(KEY, "555", "7000")) == 32
    assert len(event_key(KEY, "m_1")) == 16
