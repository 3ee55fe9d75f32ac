"""The bytes held at one moment are bounded, and the line for them is fair."""

import asyncio

import pytest

from bot.inbound.in_flight import BytesInFlight, NoRoom

LONG_S = 60.0


async def test_room_is_taken_and_given_back() -> None:
    """What is given back can be taken again."""
    room = BytesInFlight(10)
    await room.take(10, patience_s=0)
    assert room.free_bytes == 0
    room.give_back(10)
    assert room.free_bytes == 10


async def test_impatient_leaves_without_room() -> None:
    """Whoever waited in vain holds nothing."""
    room = BytesInFlight(10)
    await room.take(6, patience_s=0)
    with pytest.raises(NoRoom):
        await room.take(6, patience_s=0.001)
    room.give_back(6)
    assert room.free_bytes == 10


async def test_line_is_served_in_order() -> None:
    """A small body does not overtake a large one that waits."""
    room, served = BytesInFlight(10), list[str]()

    async def wait(name: str, size_bytes: int) -> None:
        await room.take(size_bytes, patience_s=LONG_S)
        served.append(name)

    await room.take(5, patience_s=0)
    large = asyncio.ensure_future(wait("large", 10))
    await asyncio.sleep(0)
    small = asyncio.ensure_future(wait("small", 1))
    await asyncio.sleep(0)
    assert served == []
    room.give_back(5)
    await large
    room.give_back(10)
    await small
    assert served == ["large", "small"]


async def test_whoever_leaves_lets_the_next_go() -> None:
    """A large body that gives up no longer blocks the small one behind it."""
    room = BytesInFlight(10)
    await room.take(5, patience_s=0)
    large = asyncio.ensure_future(room.take(10, patience_s=LONG_S))
    await asyncio.sleep(0)
    small = asyncio.ensure_future(room.take(5, patience_s=LONG_S))
    await asyncio.sleep(0)
    large.cancel()
    await small
    assert room.free_bytes == 0


async def test_room_that_comes_too_late_is_returned() -> None:
    """Someone cancelled in the moment of being served keeps nothing."""
    room = BytesInFlight(10)
    await room.take(10, patience_s=0)
    waiting = asyncio.ensure_future(room.take(10, patience_s=LONG_S))
    await asyncio.sleep(0)
    room.give_back(10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert room.free_bytes == 10
