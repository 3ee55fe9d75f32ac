"""B1: the clock of 72 hours, and its reminders."""

from collections.abc import AsyncIterator

import pytest

from bot.breaches.clock import HOUR_MS, BreachClock
from bot.clock import MovableClock
from storage import Store
from storage.breaches import AUTHORITY_TOLD, CLOSED, NOT_NOTIFIED, Line
from tests.bot.outbound.sending import second_store
from tests.kit.deployment import Databases


@pytest.fixture
async def store(databases: Databases) -> AsyncIterator[Store]:
    """Give a store with its tables."""
    made = second_store(databases)
    await made.prepare()
    yield made
    await made.close()


async def _opened(store: Store, aware_at_ms: int, now_ms: int) -> tuple[bytes, str]:
    async with store.write() as tx:
        made = await store.breaches.open(tx, aware_at_ms=aware_at_ms, now_ms=now_ms)
    return made.breach_id, made.number


async def _raised(store: Store, now_ms: int) -> list[tuple[str, str]]:
    """Return of which breach, and at which hour, admins are to be told."""
    async with store.read() as tx:
        return [(one.about, one.stage) for one in await store.alerts.list_due(tx, now_ms=now_ms)]


async def test_each_reminder_comes_at_its_hour_and_once(store: Store) -> None:
    """At 24, 48, 66 and 71 hours, not a millisecond sooner, and never twice."""
    clock = MovableClock()
    aware_ms = clock.now_ms()
    _, number = await _opened(store, aware_ms, aware_ms)
    watch = BreachClock(store, clock)
    due_at = {
        hours: [
            [one.hours for one in await watch.due_reminders(aware_ms + hours * HOUR_MS - early)]
            for early in (1, 0)
        ]
        for hours in (24, 48)
    }
    assert due_at == {24: [[], [(24,)]], 48: [[(24,)], [(24, 48)]]}
    told = []
    for _hour in range(74):
        assert await watch.remind() in {0, 1}
        raised = await _raised(store, clock.now_ms())
        if raised and raised not in told:
            told.append(raised)
        clock.move(HOUR_MS // 1000)
    assert told == [[(number, f"{hours} hours")] for hours in (24, 48, 66, 71)]


async def test_a_breach_that_is_entered_late_is_reminded_of_once(store: Store) -> None:
    """What was missed is one reminder, of the last hour; the others are never told."""
    clock = MovableClock()
    now_ms = clock.now_ms()
    _, number = await _opened(store, now_ms - 50 * HOUR_MS, now_ms)
    watch = BreachClock(store, clock)
    assert await watch.remind() == 1
    assert await watch.remind() == 0
    assert await _raised(store, clock.now_ms()) == [(number, "48 hours")]


async def test_a_restart_repeats_no_reminder(store: Store) -> None:
    """What was reminded of stands in the database: another process knows it."""
    clock = MovableClock()
    now_ms = clock.now_ms()
    await _opened(store, now_ms - 25 * HOUR_MS, now_ms)
    assert await BreachClock(store, clock).remind() == 1
    assert await BreachClock(store, clock).remind() == 0


@pytest.mark.parametrize("end", [AUTHORITY_TOLD, NOT_NOTIFIED, CLOSED])
async def test_nobody_is_reminded_of_what_was_decided(store: Store, end: str) -> None:
    """Once the authority was told, or is not to be, the clock is silent."""
    clock = MovableClock()
    now_ms = clock.now_ms()
    breach_id, _ = await _opened(store, now_ms - 70 * HOUR_MS, now_ms)
    async with store.write() as tx:
        await store.breaches.write(tx, breach_id, [Line(end, "yes", "A-1, owner", now_ms)])
    assert await BreachClock(store, clock).remind() == 0
