"""Timers: at most one per person, taken once when it is over."""

import asyncio

from storage import PersonId, Store
from tests.storage.conftest import OpenStore
from tests.storage.make import NOON_MS, Known, World


async def replace(world: World, people: list[Known], due_at_ms: dict[Known, int]) -> None:
    """Give these people new timers, or none."""
    async with world.store.write() as tx:
        ids = [who.person_id for who in people]
        due = {who.person_id: at_ms for who, at_ms in due_at_ms.items()}
        await world.store.timers.replace(tx, ids, due)


async def take(store: Store, *, now_ms: int = NOON_MS, limit: int = 10) -> set[PersonId]:
    """Take the timers that are over."""
    async with store.write() as tx:
        return set(await store.timers.take_due(tx, now_ms=now_ms, limit=limit))


async def test_a_timer_fires_once_when_its_time_comes(world: World) -> None:
    """A timer is not taken before its time, then once."""
    who = await world.person()
    await replace(world, [who], {who: NOON_MS})
    assert await take(world.store, now_ms=NOON_MS - 1) == set()
    assert await take(world.store) == {who.person_id}
    assert await take(world.store) == set()


async def test_a_new_timer_takes_the_place_of_the_old(world: World) -> None:
    """A person has one timer, that of the last turn."""
    who = await world.person()
    await replace(world, [who], {who: NOON_MS})
    await replace(world, [who], {who: NOON_MS + 1000})
    assert await take(world.store) == set()
    assert await take(world.store, now_ms=NOON_MS + 1000) == {who.person_id}


async def test_a_turn_without_a_timer_clears_it(world: World) -> None:
    """Whoever has moved on is not called back; others keep their timers."""
    one, other = await world.people(2)
    await replace(world, [one, other], {one: NOON_MS, other: NOON_MS})
    await replace(world, [one], {})
    assert await take(world.store) == {other.person_id}


async def test_replacing_nothing_is_fine(world: World) -> None:
    """A batch without timers changes none."""
    await replace(world, [], {})
    assert await take(world.store) == set()


async def test_many_at_once_take_each_timer_once(world: World, open_store: OpenStore) -> None:
    """However many nodes look at once, each timer fires in one of them."""
    people = await world.people(12)
    await replace(world, people, dict.fromkeys(people, NOON_MS))
    nodes = [open_store() for _ in range(3)]
    taken: list[PersonId] = []
    while len(taken) < len(people):
        for one in await asyncio.gather(*(take(node, limit=3) for node in nodes)):
            taken += one
    assert sorted(taken) == sorted(who.person_id for who in people)
