"""The inbox: no repeats, Meta's order, and a way for events that can't be handled."""

import asyncio

import pytest

from storage import NewEvent, PendingEvent, PersonId, StorageRefused
from storage.inbox import day_of
from tests.storage.conftest import ON_POSTGRESQL, OpenStore
from tests.storage.make import DAY_MS, NOON_MS, Known, World

TODAY = day_of(NOON_MS)


async def pending(world: World, *who: Known) -> list[PendingEvent]:
    """Return what waits of these people."""
    async with world.store.read() as tx:
        return await world.store.inbox.list_pending(tx, [one.person_id for one in who])


async def test_a_repeat_is_refused(world: World) -> None:
    """Of events noted before, none is new again; of those beside it, all are."""
    async with world.store.write() as tx:
        assert await world.store.inbox.note(tx, {b"1" * 16: TODAY}) == {b"1" * 16}
    async with world.store.write() as tx:
        fresh = await world.store.inbox.note(tx, {b"1" * 16: TODAY, b"2" * 16: TODAY})
    assert fresh == {b"2" * 16}


async def test_noting_nothing_is_fine(world: World) -> None:
    """A batch without events notes, adds and removes nothing."""
    async with world.store.write() as tx:
        assert await world.store.inbox.note(tx, {}) == set()
        await world.store.inbox.add(tx, [])
        await world.store.inbox.remove(tx, [])


async def test_an_event_noted_by_many_at_once_is_new_once(open_store: OpenStore) -> None:
    """However many nodes take in the same events at once, each event is new to one of them."""
    keys = {bytes([number]) * 16: TODAY for number in range(20)}

    async def note() -> set[bytes]:
        node = open_store()
        async with node.write() as tx:
            return await node.inbox.note(tx, keys)

    fresh = await asyncio.gather(*(note() for _ in range(5)))
    assert sorted(key for one in fresh for key in one) == sorted(keys)


async def test_what_was_not_committed_is_new_again(world: World) -> None:
    """An event noted in a transaction that failed may come again."""

    async def fail() -> None:
        async with world.store.write() as tx:
            await world.store.inbox.note(tx, {b"1" * 16: TODAY})
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with world.store.write() as tx:
        assert await world.store.inbox.note(tx, {b"1" * 16: TODAY}) == {b"1" * 16}


async def test_an_events_key_lives_as_long_as_its_day(world: World) -> None:
    """The same event gives the same key all day, and another one on another day."""
    inbox = world.store.inbox
    first = await inbox.event_key(NOON_MS, "m_1")
    assert await inbox.event_key(NOON_MS + 1, "m_1") == first
    assert await inbox.event_key(NOON_MS, "m_2") != first
    assert await inbox.event_key(NOON_MS + DAY_MS, "m_1") != first


async def test_repeats_of_earlier_days_are_forgotten(world: World) -> None:
    """Event keys go with their day."""
    async with world.store.write() as tx:
        await world.store.inbox.note(tx, {b"1" * 16: TODAY - 1, b"2" * 16: TODAY})
        assert await world.store.inbox.forget_repeats_before(tx, TODAY) == 1
        assert await world.store.inbox.note(tx, {b"1" * 16: TODAY, b"2" * 16: TODAY}) == {b"1" * 16}


async def test_events_come_out_in_the_order_of_meta(world: World) -> None:
    """Meta's timestamps decide, and among equal ones the order of arrival."""
    who = await world.person()
    for body, at_ms in [(b"3", 30), (b"1", 10), (b"2a", 20), (b"2b", 20), (b"0", 5)]:
        await world.event(who, body, at_ms=NOON_MS + at_ms)
    assert await world.pending(who) == [b"0", b"1", b"2a", b"2b", b"3"]


async def test_only_the_events_of_those_asked_for_come_out(world: World) -> None:
    """Other people's events stay where they are."""
    one, other = await world.people(2)
    await world.event(one, b"mine")
    await world.event(other, b"theirs")
    assert await world.pending(one) == [b"mine"]


async def test_what_was_handled_is_gone(world: World) -> None:
    """A removed event comes out no more, and its person is not claimed again."""
    who = await world.person()
    await world.event(who)
    (event,) = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.remove(tx, [event.inbox_id])
    assert await world.pending(who) == []
    assert await world.claim_people() == []


async def test_an_event_set_aside_stays_in_front(world: World) -> None:
    """An event set aside keeps its place before later ones, and says when it is due again."""
    who = await world.person()
    await world.event(who, b"first", at_ms=NOON_MS)
    await world.event(who, b"second", at_ms=NOON_MS + 1)
    first, _ = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.set_aside(tx, first, due_at_ms=NOON_MS + 1000)
    first, second = await pending(world, who)
    assert (first.body, first.attempts, first.due_at_ms) == (b"first", 1, NOON_MS + 1000)
    assert second.body == b"second"


async def test_an_event_set_aside_wakes_nobody_before_its_time(world: World) -> None:
    """A person whose only event is set aside is claimed when it is due, not before."""
    who = await world.person()
    await world.event(who)
    (event,) = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.set_aside(tx, event, due_at_ms=NOON_MS + 1000)
    assert await world.claim_people(now_ms=NOON_MS + 999) == []
    assert len(await world.claim_people(now_ms=NOON_MS + 1000)) == 1


async def test_a_parked_event_is_listed_and_not_handed_out(world: World) -> None:
    """A parked event is out of the way, and the operator sees why, not what it says."""
    who = await world.person()
    await world.event(who, b"canary-text")
    (event,) = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.park(tx, event, "ZeroDivisionError")
        (parked,) = await world.store.inbox.list_parked(tx)
        assert await world.store.inbox.list_pending(tx, [who.person_id]) == []
    assert (parked.inbox_id, parked.reason) == (event.inbox_id, "ZeroDivisionError")
    assert (parked.received_at_ms, parked.attempts) == (NOON_MS, 1)
    assert "canary" not in repr(parked)


async def test_a_parked_event_can_be_tried_again(world: World) -> None:
    """Retrying brings a parked event back as if it were new; others are not touched."""
    who = await world.person()
    await world.event(who)
    (event,) = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.park(tx, event, "Broken")
        assert await world.store.inbox.retry_parked(tx, [event.inbox_id, 999]) == 1
        assert await world.store.inbox.retry_parked(tx, [event.inbox_id]) == 0
    assert await pending(world, who) == [event]


async def test_a_parked_event_can_be_dropped(world: World) -> None:
    """Dropping deletes parked events, and no pending one."""
    who = await world.person()
    await world.event(who, b"parked")
    (event,) = await pending(world, who)
    async with world.store.write() as tx:
        await world.store.inbox.park(tx, event, "Broken")
    await world.event(who, b"waiting")
    (waiting,) = await pending(world, who)
    async with world.store.write() as tx:
        ids = [event.inbox_id, waiting.inbox_id]
        assert await world.store.inbox.drop_parked(tx, ids) == 1
        assert await world.store.inbox.list_parked(tx) == []
    assert await world.pending(who) == [b"waiting"]


async def test_the_backlog_counts_what_waits(world: World) -> None:
    """The backlog says how many events wait and since when; parked ones do not wait."""
    who = await world.person()
    for received_at_ms in (NOON_MS + 5, NOON_MS + 1, NOON_MS + 3):
        await world.event(who, received_at_ms=received_at_ms)
    async with world.store.write() as tx:
        backlog = await world.store.inbox.backlog(tx)
        assert (backlog.count, backlog.oldest_at_ms) == (3, NOON_MS + 1)
        for event in await world.store.inbox.list_pending(tx, [who.person_id]):
            await world.store.inbox.park(tx, event, "Broken")
        backlog = await world.store.inbox.backlog(tx)
        assert (backlog.count, backlog.oldest_at_ms) == (0, None)


async def test_an_event_without_its_days_key_is_empty(world: World, open_store: OpenStore) -> None:
    """An event whose key is gone comes out without a body, and the others with theirs."""
    who = await world.person()
    await world.event(who, b"old", received_at_ms=NOON_MS - DAY_MS)
    await world.event(who, b"new")
    await world.store.keyring.destroy_days_before(TODAY, "inbox")
    other_node = open_store()
    async with other_node.read() as tx:
        events = await other_node.inbox.list_pending(tx, [who.person_id])
    assert [event.body for event in events] == [None, b"new"]


@ON_POSTGRESQL
async def test_two_nodes_never_take_one_person(world: World, open_store: OpenStore) -> None:
    """While one node handles a person, another one gets somebody else or nobody."""
    one, _ = await world.people(2)
    await world.event(one)
    other_node = open_store()
    async with world.store.write() as tx:
        first = await world.store.people.claim_with_events(tx, now_ms=NOON_MS, limit=1)
        late = await world.person()
        await world.event(late)
        async with other_node.write() as other_tx:
            second = await other_node.people.claim_with_events(other_tx, now_ms=NOON_MS, limit=9)
    assert [person.person_id for person in first] == [one.person_id]
    assert [person.person_id for person in second] == [late.person_id]


async def test_events_of_nobody_are_refused(world: World) -> None:
    """An event can't outlive its person, nor come before them."""
    new = NewEvent(b"1" * 16, PersonId(bytes(16)), NOON_MS, NOON_MS, b"hello")
    with pytest.raises(StorageRefused):
        async with world.store.write() as tx:
            await world.store.inbox.add(tx, [new])
