"""`page`: the end of a Page's bot, ordered while it runs, and its certificate."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.app import running
from bot.clock import MovableClock
from bot.settings import parse_settings
from tests.bot.commands.conftest import Ended, Operator
from tests.kit.deployment import PAGE, PAGES


@pytest.fixture
async def clock(operator: Operator) -> AsyncIterator[MovableClock]:
    """The clock of a bot that runs."""
    moved = MovableClock()
    async with running(parse_settings(operator.raw), moved):
        yield moved


async def _retires(
    operator: Operator, *arguments: str, typed: str = PAGE, clock: MovableClock | None = None
) -> Ended:
    """Run the command to its end; the bot's time goes on meanwhile."""
    command = asyncio.create_task(
        operator.runs_alone(
            "--config", str(operator.config), "page", *arguments, typed=f"{typed}\n"
        )
    )
    while clock and not (await asyncio.wait([command], timeout=0.2))[0]:
        clock.move(2)
    return await command


async def test_it_waits_for_the_end_and_certifies_it(
    operator: Operator, clock: MovableClock
) -> None:
    """What went, when, the ledger's state and the key; the proof beside it verifies alone."""
    proof = operator.folder / "retired.json"
    ended = await _retires(operator, "retire", PAGE, "--proof", str(proof), clock=clock)
    assert ended.code == 0, ended.err
    for part in ("CERTIFICATE", "0 erased, 0 keys destroyed", "root ", "key ", "[[pages]]"):
        assert part in ended.out
    checked = await operator.runs_cut_off("verify-receipt", str(proof))
    assert checked.code == 0, checked.err
    assert "'page-retired'" in checked.out
    assert PAGE in checked.out
    again = await operator.runs("page", "retire", PAGE)
    assert again.code == 0
    assert "CERTIFICATE" in again.out


async def test_another_number_changes_nothing(operator: Operator, clock: MovableClock) -> None:
    """The Page's own number has to be typed."""
    ended = await _retires(operator, "retire", PAGE, typed=PAGES[1].id, clock=clock)
    assert ended.code == 1
    assert "nothing was done" in ended.err
    assert (await operator.runs("page", "reopen", PAGE)).code == 1


async def test_a_page_that_nobody_knows_is_wrong_use(
    operator: Operator, clock: MovableClock
) -> None:
    """It is neither configured nor written to."""
    ended = await _retires(operator, "retire", "1", clock=clock)
    assert ended.code == 2


async def test_without_a_bot_it_waits_for_one(operator: Operator) -> None:
    """The order stands, the command says so; it can be called off until a bot begins it."""
    assert (await operator.runs("db", "upgrade")).code == 0
    ended = await _retires(operator, "retire", PAGE)
    assert ended.code == 1
    assert "no bot runs" in ended.err
    assert (await operator.runs("page", "reopen", PAGE)).code == 0


async def test_an_ended_page_can_be_opened_again(operator: Operator, clock: MovableClock) -> None:
    """The row goes, so that its people of tomorrow are known again."""
    await _retires(operator, "retire", PAGE, clock=clock)
    reopened = await operator.runs("page", "reopen", PAGE)
    assert reopened.code == 0
    assert "served again" in reopened.out
