"""Erasure: every row of a person in every table, then their key, and nobody else's."""

import asyncio

import pytest
import sqlalchemy as sa

from storage import (
    ConsentAct,
    ConsentStatus,
    NewEvent,
    PersonId,
    ShownText,
    StorageRefused,
)
from storage.db.tables import main, person_keys
from storage.erasure import erase_rows
from storage.inbox import day_of
from storage.store import EVENT_KEY_DAYS
from tests.storage.conftest import ON_POSTGRESQL, OpenStore
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, Known, World

LATER_MS = NOON_MS + 48 * HOUR_MS
TABLES_OF_PEOPLE = [table for table in main.sorted_tables if "person_id" in table.c]
#: Tables that hold something of a person while nothing of theirs waits to be handled.
FILLED = {"people", "consents", "consent_status", "ledger_openings", "outbox", "timers"}


async def fill(world: World, who: Known) -> None:
    """Leave something of a person in every table."""
    await world.message(who)
    asked = ShownText("May we?", "news/1", "en")
    act = ConsentAct(who.person_id, "news", "granted", NOON_MS, asked)
    async with world.store.write() as tx:
        standing = {(who.person_id, "news"): ConsentStatus(NOON_MS)}
        await world.store.consents.record(tx, [(act, True)], standing, now_ms=NOON_MS)
        due = {who.person_id: NOON_MS}
        await world.store.timers.replace(tx, [who.person_id], due)


async def rows_of(world: World, who: Known) -> dict[str, int]:
    """Return how many rows each table has of a person."""
    async with world.store.read() as tx:
        counted = {
            table.name: (
                await tx.execute(
                    sa.select(sa.func.count())
                    .select_from(table)
                    .where(table.c.person_id == who.person_id)
                )
            ).scalar_one()
            for table in TABLES_OF_PEOPLE
        }
    return {name: count for name, count in counted.items() if count}


async def keys(world: World) -> set[PersonId]:
    """Return who has a key in the database."""
    async with world.store.keyring.database.read() as tx:
        return set((await tx.execute(sa.select(person_keys.c.person_id))).scalars())


async def test_nothing_of_an_erased_person_is_left(world: World) -> None:
    """Every table with a person_id is emptied of them, the key goes, and others keep all."""
    gone = await world.person(erase_due_at_ms=LATER_MS)
    stays = await world.person(erase_due_at_ms=LATER_MS + 1)
    for who in (gone, stays):
        await fill(world, who)
    assert set(await rows_of(world, gone)) == FILLED
    assert await world.store.erase_due(now_ms=LATER_MS) == 1
    assert await rows_of(world, gone) == {}
    assert set(await rows_of(world, stays)) == FILLED
    assert await keys(world) == {stays.person_id}
    assert await world.store.keyring.find([gone.person_id]) == {}


async def test_nobody_is_erased_before_their_time(world: World) -> None:
    """Until the moment that was promised, everything stays."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    assert await world.store.erase_due(now_ms=LATER_MS - 1) == 0
    assert await rows_of(world, who) == {"people": 1}
    assert await keys(world) == {who.person_id}


async def test_a_waiting_event_keeps_its_person(world: World) -> None:
    """Whoever has just written is answered first, and erased when that is over."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    await world.event(who)
    assert await world.store.erase_due(now_ms=LATER_MS) == 0
    async with world.store.write() as tx:
        (event,) = await world.store.inbox.list_pending(tx, [who.person_id])
        await world.store.inbox.remove(tx, [event.inbox_id])
    assert await world.store.erase_due(now_ms=LATER_MS) == 1


@ON_POSTGRESQL
async def test_an_event_under_way_keeps_its_person(world: World, open_store: OpenStore) -> None:
    """While another node writes an event into the inbox, its person is passed over."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    other_node = open_store()
    async with other_node.write() as tx:
        new = NewEvent(b"k" * 16, who.person_id, LATER_MS, LATER_MS, b"hello")
        await other_node.inbox.add(tx, [new])
        assert await world.store.erase_due(now_ms=LATER_MS) == 0
    assert await world.store.erase_due(now_ms=LATER_MS) == 0
    assert await world.pending(who) == [b"hello"]


@ON_POSTGRESQL
async def test_an_event_that_comes_too_late_is_refused(world: World, open_store: OpenStore) -> None:
    """An event written while its person is erased fails, so that intake makes them anew."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    other_node = World(open_store())
    async with world.store.write() as tx:
        due = await world.store.people.list_due_for_erasure(tx, now_ms=LATER_MS, limit=9)
        late = asyncio.create_task(other_node.event(who))
        await world.until_somebody_waits()
        await erase_rows(tx, due)
    with pytest.raises(StorageRefused):
        await late


async def test_many_are_erased_piece_by_piece(world: World) -> None:
    """Those whose time was over first go first, so many at a time."""
    people = [await world.person(erase_due_at_ms=LATER_MS - at) for at in range(3)]
    assert await world.store.erase_due(now_ms=LATER_MS, limit=2) == 2
    assert await keys(world) == {people[0].person_id}
    assert await world.store.erase_due(now_ms=LATER_MS, limit=2) == 1
    assert await world.store.erase_due(now_ms=LATER_MS, limit=2) == 0


async def test_an_erased_person_comes_back_as_somebody_new(world: World) -> None:
    """Nothing tells that somebody who writes again was here before."""
    who = await world.person(erase_due_at_ms=LATER_MS)
    await world.store.erase_due(now_ms=LATER_MS)
    async with world.store.read() as tx:
        assert await world.store.people.find(tx, [who.lookup]) == {}


async def test_what_was_shown_to_all_stays(world: World) -> None:
    """The text of a question names nobody and outlives those who answered it."""
    await fill(world, await world.person(erase_due_at_ms=LATER_MS))
    await world.store.erase_due(now_ms=LATER_MS)
    async with world.store.read() as tx:
        assert len((await tx.execute(main.tables["texts"].select())).all()) == 1


async def test_keys_of_nobody_are_swept_after_an_hour(world: World) -> None:
    """A key whose person never came, or whose rows are gone already, goes; younger ones wait."""
    made = await world.person()
    orphans = [PersonId(b"%16d" % number) for number in range(3)]
    await world.store.keyring.create(orphans[:2], now_ms=NOON_MS)
    await world.store.keyring.create(orphans[2:], now_ms=NOON_MS + 1)
    await world.store.destroy_old_keys(now_ms=NOON_MS + HOUR_MS)
    assert await keys(world) == {made.person_id, *orphans}
    await world.store.destroy_old_keys(now_ms=NOON_MS + HOUR_MS + 1)
    assert await keys(world) == {made.person_id, orphans[2]}


async def test_a_days_event_key_goes_after_a_week(world: World) -> None:
    """Repeats are recognised for seven days; then key and traces are gone."""
    key = await world.store.inbox.event_key(NOON_MS, "m_1")
    async with world.store.write() as tx:
        await world.store.inbox.note(tx, {key: day_of(NOON_MS)})
    for days, is_known in [(EVENT_KEY_DAYS, True), (EVENT_KEY_DAYS + 1, False)]:
        await world.store.destroy_old_keys(now_ms=NOON_MS + days * DAY_MS)
        async with world.store.read() as tx:
            left = (await tx.execute(main.tables["seen_events"].select())).all()
        assert bool(left) is is_known
        assert (await world.store.inbox.event_key(NOON_MS, "m_1") == key) is is_known


async def test_an_inbox_key_stays_while_it_is_needed(world: World) -> None:
    """The key of a day goes the day after the next, but not while one of its events waits."""
    who = await world.person()
    await world.event(who, b"still here")
    await world.store.destroy_old_keys(now_ms=NOON_MS + 5 * DAY_MS)
    assert await world.pending(who) == [b"still here"]
    key = await world.store.keyring.day_key(day_of(NOON_MS), "inbox")
    async with world.store.write() as tx:
        (event,) = await world.store.inbox.list_pending(tx, [who.person_id])
        await world.store.inbox.remove(tx, [event.inbox_id])
    await world.store.destroy_old_keys(now_ms=NOON_MS + 5 * DAY_MS)
    assert await world.store.keyring.day_key(day_of(NOON_MS), "inbox") != key


@pytest.mark.parametrize("table", TABLES_OF_PEOPLE, ids=lambda table: str(table.name))
def test_every_row_of_a_person_hangs_on_them(table: sa.Table) -> None:
    """A row can't outlive its person: the database itself refuses it."""
    if table.name != "people":
        assert {key.column.table.name for key in table.c.person_id.foreign_keys} == {"people"}
