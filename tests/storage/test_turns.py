"""Whose turn it is to write."""

import asyncio

import pytest

from storage.db.turns import MOST_PASSED, Turns


async def _let_others_run() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def _queued(turns: Turns, told: list[str], name: str, *, goes_first: bool) -> asyncio.Task[None]:
    async def take() -> None:
        async with turns.take(goes_first=goes_first):
            told.append(name)

    return asyncio.create_task(take())


async def test_who_goes_first_passes_those_who_wait() -> None:
    """What somebody waits for is written before what came earlier, and each kind in its order."""
    turns, told = Turns(), list[str]()
    async with turns.take():
        tasks = [
            _queued(turns, told, name, goes_first=name.startswith("ack"))
            for name in ("bulk 1", "bulk 2", "ack 1", "ack 2")
        ]
        await _let_others_run()
        assert told == []
    await asyncio.gather(*tasks)
    assert told == ["ack 1", "ack 2", "bulk 1", "bulk 2"]


async def test_nobody_is_passed_for_ever() -> None:
    """After some in a row that went first, one of the others has its turn."""
    turns, told = Turns(), list[str]()
    async with turns.take():
        tasks = [_queued(turns, told, "bulk", goes_first=False)]
        tasks += [_queued(turns, told, "ack", goes_first=True) for _ in range(3 * MOST_PASSED)]
        await _let_others_run()
    await asyncio.gather(*tasks)
    assert told.index("bulk") == MOST_PASSED


@pytest.mark.parametrize("has_come", [False, True])
async def test_who_is_cancelled_holds_nobody_up(*, has_come: bool) -> None:
    """Whether its turn had come or not, the next one goes on."""
    turns, told = Turns(), list[str]()
    async with turns.take():
        gone = _queued(turns, told, "gone", goes_first=True)
        waits = _queued(turns, told, "waits", goes_first=False)
        await _let_others_run()
        if not has_come:
            gone.cancel()
    if has_come:  # it was handed the turn this moment, and has not run since
        gone.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait([gone, waits])
        async with turns.take():
            assert told == ["waits"]
