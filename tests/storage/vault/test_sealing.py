"""Sealing: old values open for ever, and nothing else ever does."""

import json
import random
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import Undecryptable
from storage.vault.sealing import (
    KEY_BYTES,
    OVERHEAD_BYTES,
    Cell,
    SealedBytes,
    new_key,
    open_sealed,
    seal,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "sealed_1.json").read_text())
KEY = bytes(range(32))
CELL = Cell("people", "psid", b"r" * 16, b"o" * 16)
VALUE = b"hello"

golden = pytest.mark.parametrize("known", GOLDEN, ids=[one["name"] for one in GOLDEN])


def cell_of(known: dict[str, Any]) -> Cell:
    """Return where a golden value stood."""
    row, owner = bytes.fromhex(known["row"]), bytes.fromhex(known["owner"])
    return Cell(known["table"], known["column"], row, owner)


def is_refused(key: bytes, sealed: bytes, cell: Cell) -> bool:
    """Tell whether a value does not open there."""
    try:
        open_sealed(key, sealed, cell)
    except Undecryptable:
        return True
    return False


def roll(name: str) -> random.Random:
    """Return dice whose seed is printed, so that a failure can be repeated."""
    seed = secrets.randbits(32)
    print(f"seed of {name}: {seed}")
    return random.Random(seed)


@golden
def test_a_value_of_format_1_opens_for_ever(known: dict[str, Any]) -> None:
    """What was sealed with the first release opens with every later one."""
    opened = open_sealed(
        bytes.fromhex(known["key"]), bytes.fromhex(known["sealed"]), cell_of(known)
    )
    assert opened == bytes.fromhex(known["value"])


@golden
def test_the_format_is_what_the_docstring_says(known: dict[str, Any]) -> None:
    """Whoever reads the description only can open a value: nothing else is in it."""
    sealed = bytes.fromhex(known["sealed"])
    marker, salt, commitment, body = sealed[:1], sealed[1:25], sealed[25:57], sealed[57:]
    derived = HKDF(algorithm=SHA256(), length=64, salt=salt, info=b"chatmagico/seal/1").derive(
        bytes.fromhex(known["key"])
    )
    parts = [b"\x01", known["table"].encode(), known["column"].encode()]
    parts += [bytes.fromhex(known["row"]), bytes.fromhex(known["owner"])]
    bound = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert marker == b"\x01"
    assert commitment == derived[32:]
    opened = AESGCM(derived[:32]).decrypt(bytes(12), body, bound)
    assert opened == bytes.fromhex(known["value"])


@given(value=st.binary(max_size=200), key=st.binary(min_size=32, max_size=32))
def test_what_was_sealed_opens(value: bytes, key: bytes) -> None:
    """Any value comes back as it went in, and grows by a fixed number of bytes."""
    sealed = seal(key, value, CELL)
    assert isinstance(sealed, SealedBytes)
    assert len(sealed) == len(value) + OVERHEAD_BYTES
    assert open_sealed(key, sealed, CELL) == value


@golden
def test_every_flipped_bit_is_refused(known: dict[str, Any]) -> None:
    """Whichever single bit of a stored value is changed, it does not open."""
    key, cell = bytes.fromhex(known["key"]), cell_of(known)
    sealed = bytes.fromhex(known["sealed"])
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert is_refused(key, bytes(changed), cell), f"bit {bit}"


@golden
def test_every_flipped_bit_of_the_key_is_refused(known: dict[str, Any]) -> None:
    """A key that differs in one bit opens nothing."""
    sealed, cell = bytes.fromhex(known["sealed"]), cell_of(known)
    for bit in range(KEY_BYTES * 8):
        key = bytearray.fromhex(known["key"])
        key[bit // 8] ^= 1 << bit % 8
        assert is_refused(bytes(key), sealed, cell), f"bit {bit}"


@given(st.binary(max_size=300))
def test_nothing_malformed_opens(sealed: bytes) -> None:
    """Whatever bytes stand in a column, there is one error for them, and no other."""
    assert is_refused(KEY, sealed, CELL)
    assert is_refused(KEY, b"\x01" + sealed, CELL)


@golden
def test_a_shortened_or_lengthened_value_is_refused(known: dict[str, Any]) -> None:
    """No part of a value opens, nor a value with anything behind it."""
    key, cell = bytes.fromhex(known["key"]), cell_of(known)
    sealed = bytes.fromhex(known["sealed"])
    assert all(is_refused(key, sealed[:length], cell) for length in range(len(sealed)))
    assert is_refused(key, sealed + b"\0", cell)


@pytest.mark.parametrize(
    "change",
    [{"table": "outbox"}, {"column": "state"}, {"row": b"x" * 16}, {"owner": b"x" * 16}],
    ids=str,
)
def test_a_value_opens_in_its_own_cell_only(change: dict[str, Any]) -> None:
    """A value moved to another table, column, row or person does not open."""
    assert is_refused(KEY, seal(KEY, VALUE, CELL), replace(CELL, **change))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Cell("ab", "c", b"", b""), Cell("a", "bc", b"", b"")),
        (Cell("a", "", b"bc", b"d"), Cell("a", "b", b"c", b"d")),
        (Cell("a", "b", b"cd", b""), Cell("a", "b", b"c", b"d")),
        (Cell("a", "b", b"", b"c"), Cell("a", "b", b"c", b"")),
        (Cell("", "a", b"b", b"c"), Cell("a", "", b"b", b"c")),
    ],
    ids=str,
)
def test_no_two_cells_look_alike(one: Cell, other: Cell) -> None:
    """Parts that give the same bytes when put together are still told apart."""
    assert one.associated_data() != other.associated_data()
    assert is_refused(KEY, seal(KEY, VALUE, one), other)


def swap(dice: random.Random, swaps: int) -> None:
    """Put random values into random other cells of a small world, and open them there."""
    owners = [(bytes([number]) * 16, new_key()) for number in range(8)]
    columns = [("people", "psid"), ("people", "state"), ("outbox", "body"), ("inbox", "body")]
    cells = [
        (key, Cell(table, column, bytes([row]) * 16, owner))
        for owner, key in owners
        for table, column in columns
        for row in range(3)
    ]
    values = [(key, cell, seal(key, VALUE, cell)) for key, cell in cells]
    for _ in range(swaps):
        (own_key, own_cell, sealed), (key, cell, _) = dice.sample(values, 2)
        assert is_refused(own_key, sealed, cell)
        assert is_refused(key, sealed, own_cell) is (key != own_key)
        assert is_refused(key, sealed, cell)


def flip(dice: random.Random, flips: int) -> None:
    """Change random single bits of values of random length, each under a key of its own."""
    for _ in range(flips):
        key = dice.randbytes(KEY_BYTES)
        sealed = bytearray(seal(key, dice.randbytes(dice.randrange(40)), CELL))
        bit = dice.randrange(len(sealed) * 8)
        sealed[bit // 8] ^= 1 << bit % 8
        assert is_refused(key, bytes(sealed), CELL)


def test_no_swap_opens() -> None:
    """Values exchanged between rows, columns, tables and people never open."""
    swap(roll("swaps"), 2_000)


@pytest.mark.soak
def test_no_swap_opens_for_long() -> None:
    """Values exchanged 10,000 times between rows, columns, tables and people never open."""
    swap(roll("swaps"), 10_000)


@pytest.mark.soak
def test_no_flipped_bit_opens_for_long() -> None:
    """Of 50,000 values with one bit changed, none opens."""
    flip(roll("flips"), 50_000)


def salts_of(count: int) -> set[bytes]:
    """Seal the same value many times and return the salts."""
    return {seal(KEY, VALUE, CELL)[1:25] for _ in range(count)}


def test_no_salt_comes_twice() -> None:
    """The same value is sealed under another key each time."""
    assert len(salts_of(5_000)) == 5_000


@pytest.mark.soak
def test_no_salt_comes_twice_for_long() -> None:
    """Of a million seals, no two share a salt, and so none a key."""
    assert len(salts_of(1_000_000)) == 1_000_000


def test_keys_are_random() -> None:
    """A new key is 256 bits, and no two are alike."""
    keys = {new_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert {len(key) for key in keys} == {KEY_BYTES}


def test_the_error_tells_where_not_what() -> None:
    """A value that does not open is named by table and column, and by nothing of its own."""
    with pytest.raises(Undecryptable, match="table=people, column=psid") as refused:
        open_sealed(KEY, b"canary" * 20, CELL)
    assert "canary" not in str(refused.value)
    assert refused.value.advice
