"""Who is told of a breach: chosen once each, and forgotten 30 days after it was closed."""

import pytest

from storage.breach_notices import BreachNotices, Plan, Telling, new_notice
from storage.breaches import CLOSED, Breach, Line
from tests.storage.make import DAY_MS, NOON_MS, OTHER_PAGE, PAGE, World

TEXTS = {"en": "Something happened.", "de": "Etwas ist passiert."}


async def _begun(world: World) -> tuple[Breach, Telling]:
    store = world.store
    async with store.write() as tx:
        made = await store.breaches.open(tx, aware_at_ms=NOON_MS, now_ms=NOON_MS)
        plan = Plan(TEXTS, (PAGE,))
        telling = await store.breach_notices.begin(tx, made.breach_id, plan, now_ms=NOON_MS)
    return made, telling


async def _choose(world: World, telling: Telling, *, limit: int = 10) -> int:
    """Give notices to the next people; return to how many."""
    notices: BreachNotices = world.store.breach_notices
    async with world.store.write() as tx:
        chosen = await notices.choose(tx, telling, limit=limit)
        new = [(new_notice(telling, one, "next_contact"), "waiting", "away") for one in chosen]
        await notices.add(tx, new, now_ms=NOON_MS)
    return len(chosen)


async def test_everybody_on_the_page_is_chosen_once(world: World) -> None:
    """In portions, until nobody is left; not who is elsewhere, nor who came later."""
    await world.people(5)
    await world.person(page_id=OTHER_PAGE)
    await world.person(created_at_ms=NOON_MS + 1)
    _, telling = await _begun(world)
    assert [await _choose(world, telling, limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
async def test_a_closed_breach_keeps_numbers_only(world: World, days: int, left: int) -> None:
    """Thirty days after it was closed nobody can be found who was told; the sum stays."""
    await world.person(erase_due_at_ms=NOON_MS + 90 * DAY_MS)
    made, telling = await _begun(world)
    await _choose(world, telling)
    store, now_ms = world.store, NOON_MS + days * DAY_MS
    async with store.write() as tx:
        line = Line(CLOSED, "waiting: 1", "A-1, owner", NOON_MS)
        await store.breaches.write(tx, made.breach_id, [line])
    await store.delete_expired(now_ms=now_ms, deliveries_before_ms=now_ms - 30 * DAY_MS)
    async with store.read() as tx:
        counts = await store.breach_notices.count(tx, made.breach_id)
    assert counts == ({"waiting": 1} if left else {"gone": 1})


def test_a_language_without_a_text_reads_the_default() -> None:
    """Nobody is left without words."""
    plan = Plan(TEXTS, (PAGE,), default_language="de")
    assert (plan.text_in("en"), plan.text_in("pl")) == (TEXTS["en"], TEXTS["de"])
