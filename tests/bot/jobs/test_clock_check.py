"""Clocks of nodes: a wrong one does not begin to serve, and one that goes wrong is told of."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.app import running
from bot.clock import SystemClock
from bot.jobs.clock_check import MOST_MS, ClockCheck
from bot.settings import Settings
from bot.stores import open_store
from storage import Store
from storage.alerts import AlertKind
from storage.errors import ClockWrong
from storage.nodes import join
from tests.kit.deployment import Databases, make_settings
from tests.kit.ports import free_port


class WrongClock(SystemClock):
    """A machine's clock that is off."""

    def __init__(self, ahead_ms: int) -> None:
        self.ahead_ms = ahead_ms

    def now(self) -> datetime:
        """Return a time that is not the world's."""
        return super().now() + timedelta(milliseconds=self.ahead_ms)


def settings_of(databases: Databases) -> Settings:
    """Return settings for a bot that needs no Messenger."""
    return make_settings(databases, graph_url="http://127.0.0.1:1", port=free_port())


@pytest.fixture
async def store(postgres_databases: Databases) -> AsyncIterator[Store]:
    """A database that nodes share."""
    opened = open_store(settings_of(postgres_databases))
    yield opened
    await opened.close()


async def standing(store: Store) -> set[str]:
    """Return which nodes' clocks are told to be wrong."""
    async with store.read() as tx:
        due = await store.alerts.list_due(tx, now_ms=SystemClock().now_ms() + MOST_MS * 10)
    return {one.about for one in due if one.kind == AlertKind.CLOCK}


@pytest.mark.parametrize("ahead_ms", [MOST_MS + 2_000, -MOST_MS - 2_000])
async def test_a_wrong_clock_does_not_begin_to_serve(
    postgres_databases: Databases, ahead_ms: int
) -> None:
    """Ahead or behind, the start is refused, with what mends it."""
    settings = settings_of(postgres_databases)
    with pytest.raises(ClockWrong) as refused:
        async with running(settings, WrongClock(ahead_ms)):
            pass
    assert "timedatectl" in refused.value.advice
    assert abs(refused.value.facts["ahead_ms"] - ahead_ms) < 1_000  # type: ignore[operator]


async def test_a_clock_that_is_nearly_right_serves(postgres_databases: Databases) -> None:
    """Two seconds do no harm."""
    async with running(settings_of(postgres_databases), WrongClock(2_000)) as bot:
        assert bot.port


async def test_a_file_has_no_clock_of_its_own(databases: Databases) -> None:
    """On SQLite there is nothing to compare with."""
    async with running(settings_of(databases), WrongClock(MOST_MS * 10)) as bot:
        assert bot.port


async def test_a_clock_that_goes_wrong_is_told_of_until_it_is_right(store: Store) -> None:
    """The alert is of one node; another whose clock is right does not settle it."""
    clock, right = WrongClock(MOST_MS + 2_000), SystemClock()
    wrong = await join(store.main, now_ms=right.now_ms())
    other = await join(store.main, now_ms=right.now_ms())
    check = ClockCheck(store, clock, wrong)
    await check.look()
    await ClockCheck(store, right, other).look()
    assert await standing(store) == {wrong.node_id}
    clock.ahead_ms = 0
    await check.look()
    assert await standing(store) == set()
    await wrong.leave()
    await other.leave()


async def test_what_was_said_of_a_node_that_is_gone_is_settled(store: Store) -> None:
    """The next node to look ends the alert."""
    clock, right = WrongClock(MOST_MS + 2_000), SystemClock()
    wrong = await join(store.main, now_ms=right.now_ms())
    await ClockCheck(store, clock, wrong).look()
    await wrong.leave()
    other = await join(store.main, now_ms=right.now_ms())
    await ClockCheck(store, right, other).look()
    assert await standing(store) == set()
    await other.leave()
