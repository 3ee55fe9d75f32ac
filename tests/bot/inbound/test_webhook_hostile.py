"""Thousands of bodies that nobody should send, each correctly signed."""

import json
import random
import string
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from .conftest import PAYLOADS, Visitor

BODIES = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))]
COUNT = 5000
SOAK_COUNT = 100_000


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(400))


def _cut(chance: random.Random) -> bytes:
    body = chance.choice(BODIES)
    return body[: chance.randrange(len(body))]


def _flipped(chance: random.Random) -> bytes:
    body = bytearray(chance.choice(BODIES))
    for _ in range(chance.randint(1, 8)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


def _nested(chance: random.Random) -> bytes:
    depth = chance.choice((10, 500, 2000, 20_000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"messaging":[', b"]}")))
    inner = opened * depth + b"1" + closed * chance.choice((0, depth))
    return chance.choice(BODIES).replace(b'"7001"', inner)


def _swapped(chance: random.Random) -> bytes:
    """Put a value of another type somewhere in a good body."""
    body = json.loads(chance.choice(BODIES))
    for _ in range(chance.randint(1, 4)):
        _swap_one(body, chance)
    return json.dumps(body).encode()


def _swap_one(body: Any, chance: random.Random) -> None:
    place = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        if not isinstance(place[key], dict | list) or chance.random() < 0.2:
            place[key] = deepcopy(chance.choice(_VALUES))
            return
        place = place[key]


_VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 1e300, 10**18, 10**40, 10**400, "", "x", "\x00", "\ud800", "é" * 3000,
    [], [[]], {}, {"id": {}}, [None], "9" * 5000,
]  # fmt: skip


def _huge_numbers(chance: random.Random) -> bytes:
    number = chance.choice((b"9" * 4000, b"9" * 9000, b"1e99999", b"-0", b"1E400", b"0.1e-9999"))
    body = chance.choice(BODIES)
    return body.replace(chance.choice((b"1795430399900", b"1795430399", b'"7001"')), number)


def _half_emoji(chance: random.Random) -> bytes:
    half = chance.choice((rb"\ud83d", rb"\ude00", rb"\uD800\uD800", rb"\\\udc00", b"\xed\xa0\x80"))
    return chance.choice(BODIES).replace(b'"m_', b'"' + half + b"m_").replace(b"hello", half)


def _doubled(chance: random.Random) -> bytes:
    body = chance.choice(BODIES)
    twice = chance.choice((b'"entry": 5, "entry"', b'"entry": [{}], "entry"'))
    return body.replace(b'"entry"', twice).replace(b'"mid"', b'"mid": 5, "mid"')


def _strange_whole(chance: random.Random) -> bytes:
    word = "".join(chance.choices(string.printable, k=chance.randrange(20)))
    return json.dumps(chance.choice((word, [word], {word: word}, 5, None, [[]]))).encode()


MAKERS: list[Callable[[random.Random], bytes]] = [
    _noise,
    _cut,
    _flipped,
    _nested,
    _swapped,
    _huge_numbers,
    _half_emoji,
    _doubled,
    _strange_whole,
]


async def _throw(visitor: Visitor, count: int, seed: int) -> Counter[int]:
    print("seed", seed)
    chance = random.Random(seed)
    statuses: Counter[int] = Counter()
    for number in range(count):
        raw = MAKERS[number % len(MAKERS)](chance)
        answer = await visitor.post(raw)
        assert answer.status in {200, 400}, raw[:300]
        statuses[answer.status] += 1
    return statuses


async def test_malformed_bodies_break_nothing(visitor: Visitor) -> None:
    """Of 5,000 malformed bodies each gets 200 or 400, and the door stays open with all its room."""
    statuses = await _throw(visitor, COUNT, seed=20261123)
    assert statuses[200] > 500
    assert statuses[400] > 500
    room = visitor.door.in_flight.free_bytes
    visitor.shelf.kept.clear()
    assert (await visitor.post(BODIES[0])).status == 200
    assert len(visitor.shelf.kept) == 1
    assert visitor.door.in_flight.free_bytes == room == 48 * 1024 * 1024
    assert set(visitor.counted.unsupported_kinds) <= {
        "malformed",
        "unknown",
        "from_page",
        "not_a_page",
    }


@pytest.mark.soak
async def test_many_more_malformed_bodies_break_nothing(visitor: Visitor) -> None:
    """The same holds for 100,000, another choice each time."""
    await _throw(visitor, SOAK_COUNT, seed=random.SystemRandom().randrange(2**32))
