"""Erasure converges: stopped after any step, on any node, it ends with nothing that can be read."""

import asyncio
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from storage import PersonId, Store
from storage.db.erasure_tables import erasing
from storage.db.tables import main, outbox, person_keys, receipts
from storage.erasure import RECEIPT_WAIT_MS, list_served, order_erasure
from storage.errors import TombstonesUnusable
from storage.inbox import day_of
from tests.kit.deployment import Databases
from tests.storage import raw_files
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE, OpenStore
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, Known, World

LATER_MS = NOON_MS + 48 * HOUR_MS
STEPS = ("ordered", "erasing", "tombstone", "key", "rows", "disk")


async def order(store: Store, who: Known, *, now_ms: int = NOON_MS) -> str:
    """Order somebody's erasure, as DELETE does; return the receipt's number."""
    async with store.write() as tx:
        return await order_erasure(tx, store.receipts, who.person_id, now_ms=now_ms)


async def go_as_far_as(store: Store, step: str, *, now_ms: int = NOON_MS) -> None:
    """Take whoever ordered it through the steps, and stop after this one."""
    if step == "ordered":
        return
    async with store.write() as tx:
        served = await list_served(tx, now_ms=now_ms, limit=9)
        await store.erasure.begin(tx, served, now_ms=now_ms)
    for one in store.erasure.steps[: STEPS.index(step) - 1]:
        await one(served, now_ms)


async def left_of(store: Store, who: Sequence[Known]) -> dict[str, int]:
    """Count what the databases have of these people, table by table."""
    ids = [one.person_id for one in who]
    tables = [table for table in main.sorted_tables if "person_id" in table.c]
    count = sa.select(sa.func.count())
    async with store.read() as tx:
        found = {
            table.name: (
                await tx.execute(count.select_from(table).where(table.c.person_id.in_(ids)))
            ).scalar_one()
            for table in tables
        }
    async with store.keyring.database.read() as tx:
        keyed = count.select_from(person_keys).where(person_keys.c.person_id.in_(ids))
        found["person_keys"] = (await tx.execute(keyed)).scalar_one()
    return {name: number for name, number in found.items() if number}


def tombs(store: Store) -> set[PersonId]:
    """Return who has a tombstone."""
    return {person for batch in store.tombstones.batches() for person in batch}


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_after_any_step_converges(
    world: World, open_store: OpenStore, databases: Databases, step: str
) -> None:
    """Whoever starts next ends it: no row, no key, one tombstone, one receipt, others untouched."""
    gone, stays = await world.person(), await world.person()
    await world.event(gone)
    number = await order(world.store, gone)
    await go_as_far_as(world.store, step)
    await world.store.close()
    after = open_store()
    await after.guard.require_nobody_back()
    while await after.complete_erasures(now_ms=NOON_MS + 1):
        pass
    assert await left_of(after, [gone]) == {}
    assert await left_of(after, [stays]) == {"people": 1, "person_keys": 1}
    assert tombs(after) == {gone.person_id}
    async with after.read() as tx:
        assert await after.receipts.find(tx, number) == ("erasure", True)
        assert len((await tx.execute(receipts.select())).all()) == 1
    if after.main.is_sqlite:
        await after.scrub()
        assert raw_files.count(databases.folder / "data", gone.lookup) == 0


@pytest.mark.parametrize("step", STEPS[1:5])
async def test_a_sweep_converges_too(world: World, open_store: OpenStore, step: str) -> None:
    """Who is erased because their time is over goes the same way, after a crash as well."""
    gone = await world.person(erase_due_at_ms=LATER_MS)
    async with world.store.write() as tx:
        due = await world.store.people.list_due_for_erasure(tx, now_ms=LATER_MS, limit=9)
        await world.store.erasure.begin(tx, due, now_ms=LATER_MS)
    for one in world.store.erasure.steps[: STEPS.index(step) - 1]:
        await one(due, LATER_MS)
    after = open_store()
    await after.complete_erasures(now_ms=LATER_MS)
    assert await left_of(after, [gone]) == {}
    assert tombs(after) == {gone.person_id}
    assert await after.erase_due(now_ms=LATER_MS) == 0


@pytest.mark.parametrize("step", STEPS[1:5])
async def test_half_way_nobody_meets_them(world: World, step: str) -> None:
    """From the first step on nothing is handled, sent or found, and no key is called lost."""
    who = await world.person()
    await order(world.store, who)
    await go_as_far_as(world.store, step)
    assert await world.claim_people() == []
    assert await world.claim() == []
    async with world.store.read() as tx:
        assert await world.store.people.find(tx, [who.lookup]) == {}
        assert (await tx.execute(outbox.select())).all() == []
    assert await world.store.guard.count_lost_keys() == 0


async def test_the_tombstone_comes_before_the_key_goes(world: World) -> None:
    """Where no tombstone can be written, no key is touched, and it is tried again."""
    who = await world.person()
    await order(world.store, who)
    kept = world.store.tombstones.path.read_bytes()
    world.store.tombstones.path.unlink()
    with pytest.raises(TombstonesUnusable):
        await world.store.complete_erasures(now_ms=NOON_MS)
    assert (await left_of(world.store, [who]))["person_keys"] == 1
    world.store.tombstones.path.write_bytes(kept)
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    assert await left_of(world.store, [who]) == {}


async def test_who_writes_while_being_erased_is_somebody_new(world: World) -> None:
    """The index of whoever is being erased is free at once, so no event is lost with the rows."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    async with world.store.write() as tx:
        due = await world.store.people.list_due_for_erasure(tx, now_ms=LATER_MS, limit=9)
        await world.store.erasure.begin(tx, due, now_ms=LATER_MS)
    again = await world.person(psid=who.psid)
    await world.store.complete_erasures(now_ms=LATER_MS)
    async with world.store.read() as tx:
        found = await world.store.people.find(tx, [who.lookup])
    assert found == {who.lookup: again.person_id}


async def test_outside_the_window_no_receipt_is_waited_for(world: World) -> None:
    """A receipt that Messenger would not take holds up nothing."""
    who = await world.person()
    await order(world.store, who, now_ms=NOON_MS + DAY_MS - 1)
    await world.message(who)
    assert await world.store.complete_erasures(now_ms=NOON_MS + DAY_MS - 1) == 0
    assert await world.store.complete_erasures(now_ms=NOON_MS + DAY_MS) == 1
    assert await left_of(world.store, [who]) == {}


async def test_a_receipt_is_not_waited_for_too_long(world: World) -> None:
    """A receipt on its way holds up the erasure for half a minute and no longer."""
    who = await world.person()
    await order(world.store, who)
    await world.message(who)
    assert await world.store.complete_erasures(now_ms=NOON_MS + RECEIPT_WAIT_MS - 1) == 0
    assert await world.store.complete_erasures(now_ms=NOON_MS + RECEIPT_WAIT_MS) == 1


async def test_several_nodes_at_once_end_it_once(world: World, open_store: OpenStore) -> None:
    """However many nodes take the same steps together, nobody fails and nothing is left."""
    nodes = [world.store, *(open_store() for _ in range(3))]
    gone = await world.people(20)
    numbers = [await order(world.store, who) for who in gone]
    await asyncio.gather(*(node.complete_erasures(now_ms=NOON_MS) for node in nodes))
    await asyncio.gather(*(node.complete_erasures(now_ms=NOON_MS) for node in nodes))
    assert await left_of(world.store, gone) == {}
    assert tombs(world.store) == {who.person_id for who in gone}
    async with world.store.read() as tx:
        assert (await tx.execute(erasing.select())).all() == []
        for number in numbers:
            assert await world.store.receipts.find(tx, number) == ("erasure", True)


@ON_POSTGRESQL
async def test_other_nodes_forget_the_key_within_a_second(
    world: World, open_store: OpenStore
) -> None:
    """A key that another node has in memory is used there for a second at most."""
    who = await world.person()
    now_s = 0.0
    other = open_store()
    other.keyring.monotonic_s = lambda: now_s
    assert set(await other.keyring.find([who.person_id])) == {who.person_id}
    await order(world.store, who)
    await world.store.complete_erasures(now_ms=NOON_MS)
    now_s = 1.0
    assert await other.keyring.find([who.person_id]) == {}


@ON_SQLITE
async def test_a_redelivered_message_creates_nobody(world: World) -> None:
    """The mark by which a repeat is recognised names nobody, and outlives the erasure."""
    who = await world.person()
    key = await world.store.inbox.event_key(NOON_MS, "m_delete")
    async with world.store.write() as tx:
        assert await world.store.inbox.note(tx, {key: day_of(NOON_MS)}) == {key}
    await order(world.store, who)
    await world.store.complete_erasures(now_ms=NOON_MS)
    async with world.store.write() as tx:
        again = await world.store.inbox.event_key(NOON_MS, "m_delete")
        assert await world.store.inbox.note(tx, {again: day_of(NOON_MS)}) == set()


@ON_POSTGRESQL
async def test_who_is_being_written_to_the_inbox_is_not_erased_meanwhile(
    world: World, open_store: OpenStore
) -> None:
    """Whom another node has found, to keep an event of theirs, is passed over until it is kept."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    other = open_store()
    async with other.write() as tx:
        assert await other.people.find(tx, [who.lookup]) == {who.lookup: who.person_id}
        assert await world.store.erase_due(now_ms=LATER_MS) == 0
    assert await world.store.erase_due(now_ms=LATER_MS) == 1


async def test_beginning_twice_is_beginning_once(world: World) -> None:
    """A node that comes to the same people a moment later changes nothing and fails at nothing."""
    who = await world.person()
    for _ in range(2):
        async with world.store.write() as tx:
            await world.store.erasure.begin(tx, [who.person_id], now_ms=NOON_MS)
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    assert await left_of(world.store, [who]) == {}
