"""B1: the clock of 72 hours, and its reminders."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from bot.breaches.clock import HOUR_MS, BreachClock
from bot.clock import MovableClock
from storage import Store, Transaction
from storage.breaches import AUTHORITY_TOLD, CLOSED, NOT_NOTIFIED, Line
from tests.bot.outbound.sending import second_store
from tests.kit.deployment import Databases


@dataclass
class Heard:
    """Hears what admins are told."""

    told: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def raise_(
        self, tx: Transaction, kind: str, about: str, facts: Mapping[str, str], *, now_ms: int
    ) -> None:
        """Note what is raised."""
        del tx, now_ms
        self.told.append((kind, about, dict(facts)))


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


async def test_each_reminder_comes_at_its_hour_and_once(store: Store) -> None:
    """At 24, 48, 66 and 71 hours, not a millisecond sooner, and never twice."""
    clock, heard = MovableClock(), Heard()
    aware_ms = clock.now_ms()
    _, number = await _opened(store, aware_ms, aware_ms)
    watch = BreachClock(store, clock, heard)
    due_at = {
        hours: [
            [one.hours for one in await watch.due_reminders(aware_ms + hours * HOUR_MS - early)]
            for early in (1, 0)
        ]
        for hours in (24, 48)
    }
    assert due_at == {24: [[], [(24,)]], 48: [[(24,)], [(24, 48)]]}
    told = []
    for hours in range(74):
        assert await watch.remind() in {0, 1}
        told += [(hours, facts["hours"], facts["hours_left"]) for _, _, facts in heard.told]
        heard.told.clear()
        clock.move(HOUR_MS // 1000)
    assert told == [(24, "24", "48"), (48, "48", "24"), (66, "66", "6"), (71, "71", "1")]
    del number


async def test_a_breach_that_is_entered_late_is_reminded_of_once(store: Store) -> None:
    """What was missed is one reminder, of the last hour; the others are never told."""
    clock, heard = MovableClock(), Heard()
    now_ms = clock.now_ms()
    _, number = await _opened(store, now_ms - 50 * HOUR_MS, now_ms)
    watch = BreachClock(store, clock, heard)
    assert await watch.remind() == 1
    assert await watch.remind() == 0
    assert heard.told == [("breach", number, {"hours": "48", "hours_left": "24"})]


async def test_a_restart_repeats_no_reminder(store: Store) -> None:
    """What was reminded of stands in the database: another process knows it."""
    clock, heard = MovableClock(), Heard()
    now_ms = clock.now_ms()
    await _opened(store, now_ms - 25 * HOUR_MS, now_ms)
    assert await BreachClock(store, clock, heard).remind() == 1
    assert await BreachClock(store, clock, heard).remind() == 0


@pytest.mark.parametrize("end", [AUTHORITY_TOLD, NOT_NOTIFIED, CLOSED])
async def test_nobody_is_reminded_of_what_was_decided(store: Store, end: str) -> None:
    """Once the authority was told, or is not to be, the clock is silent."""
    clock, heard = MovableClock(), Heard()
    now_ms = clock.now_ms()
    breach_id, _ = await _opened(store, now_ms - 70 * HOUR_MS, now_ms)
    async with store.write() as tx:
        await store.breaches.write(tx, breach_id, [Line(end, "yes", "A-1, owner", now_ms)])
    assert await BreachClock(store, clock, heard).remind() == 0
