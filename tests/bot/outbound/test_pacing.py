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


async def test_no_more_than_the_ceiling_start_within_a_second(databases: Databases) -> None:
    """Calls that all wake at once, after the loop was held up, do not all start at once."""
    store = second_store(databases)
    pace = Pace(store, MovableClock(), per_s=20)
    for _ in range(20):
        await pace.start(PAGE.id)
    one_more = asyncio.create_task(pace.start(PAGE.id))
    await asyncio.wait([one_more], timeout=0)
    assert not one_more.done()
    await pace.start("other")
    one_more.cancel()
    await store.close()


async def test_slots_that_went_by_are_made_up_for(databases: Databases) -> None:
    """A Page that was late for its slot gets it at once, so that the mean holds."""
    store = second_store(databases)
    pace = Pace(store, MovableClock(), per_s=1_000_000)
    await pace.reserve({PAGE.id: 1})
    assert -0.25 < (await pace.reserve({PAGE.id: 1}))[PAGE.id] < 0
    assert (await pace.reserve({"other": 1}))["other"] == 0
    await store.close()


async def test_few_broadcasts_are_claimed_ahead(databases: Databases) -> None:
    """What a killed process leaves in doubt is a tenth of a second's worth, and what was missed."""
    store = second_store(databases)
    pace = Pace(store, MovableClock(), per_s=100, of="broadcasts")
    assert pace.room(PAGE.id) == 12
    await pace.reserve({PAGE.id: 5})
    assert pace.room(PAGE.id) <= 8
    slow = Pace(store, MovableClock(), per_s=1, of="broadcasts")
    assert slow.room(PAGE.id) == 1
    await store.close()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
