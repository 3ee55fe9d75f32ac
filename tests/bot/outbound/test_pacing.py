"""The pace of a Page, whatever happens to the wall clock."""

import asyncio

from bot.clock import MovableClock
from bot.outbound.pacing import Pace
from tests.bot.outbound.sending import PAGE, second_store
from tests.kit.deployment import Databases


async def test_a_clock_set_back_silences_nobody(databases: Databases) -> None:
    """A Page goes on sending when the machine's clock is set back by ten minutes."""
    store, clock = second_store(databases), MovableClock()
    pace = Pace(store, clock, per_s=280)
    assert await pace.reserve({PAGE.id: 1}) == {PAGE.id: 0}
    clock.move(-600)
    assert pace.list_open([PAGE.id]) == [PAGE.id]
    waits_s = await pace.reserve({PAGE.id: 1})
    assert waits_s[PAGE.id] <= pace.step_s
    await store.close()


async def test_slots_follow_each_other(databases: Databases) -> None:
    """What is reserved starts after what was reserved before, and closes the Page meanwhile."""
    store = second_store(databases)
    pace = Pace(store, MovableClock(), per_s=1)
    await pace.reserve({PAGE.id: 10})
    waits_s = await pace.reserve({PAGE.id: 10})
    assert 0 < waits_s[PAGE.id] <= 10
    assert pace.list_open([PAGE.id, "other"]) == ["other"]
    assert pace.next_opening_s(_now_s()) > 0
    await store.close()


async def test_no_page_rests_for_more_than_a_minute(databases: Databases) -> None:
    """However much was reserved, a Page is looked at again after a minute."""
    store = second_store(databases)
    pace = Pace(store, MovableClock(), per_s=1)
    await pace.reserve({PAGE.id: 100_000})
    assert await pace.reserve({PAGE.id: 1}) == {PAGE.id: 60}
    assert 0 < pace.next_opening_s(_now_s()) <= 61
    await store.close()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
