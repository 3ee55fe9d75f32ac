"""Broadcasts as they are kept: each occurrence once, each person once, and counts that stay."""

import pytest
import sqlalchemy as sa

from storage.broadcasts.counts import count_up
from storage.broadcasts.records import (
    Count,
    NewDelivery,
    Outcome,
)
from storage.db.broadcast_tables import frequency
from storage.db.tables import deliveries
from tests.kit.publishing import publish
from tests.storage.make import DAY_MS, HOUR_MS, NODE, NOON_MS, OTHER_PAGE, PAGE, World
from tests.storage.running import agree, counted, queue, run_of, scheduled


async def test_a_broadcast_is_due_once_it_occurs(world: World) -> None:
    """It is listed from its time on; a local one from where the day begins first."""
    number = await scheduled(world, next_at_ms=NOON_MS)
    local = await scheduled(world, next_at_ms=NOON_MS + 14 * HOUR_MS, is_local=True)
    async with world.store.write() as tx:
        book = world.store.broadcasts
        assert not await book.is_any_due(tx, now_ms=NOON_MS - 1)
        due = await book.list_due(tx, now_ms=NOON_MS, limit=9)
    assert [one.number for one in due] == [number, local]


async def test_an_occurrence_begins_once(world: World) -> None:
    """Of two nodes that begin one occurrence, one does; the next occurrence is another."""
    number = await scheduled(world)

    async def begins(at_ms: int) -> bool:
        async with world.store.write() as tx:
            return await world.store.runs.begin(
                tx,
                number,
                occurs_at_ms=at_ms,
                expires_at_ms=at_ms + DAY_MS,
                state="making",
                now_ms=NOON_MS,
            )

    assert [await begins(NOON_MS), await begins(NOON_MS)] == [True, False]
    assert await begins(NOON_MS + 1)


async def test_nobody_is_twice_in_a_run(world: World) -> None:
    """A portion that is made again after a crash adds nobody a second time."""
    who = await world.person()
    run = await run_of(world, who)
    async with world.store.write() as tx:
        again = [NewDelivery(who.person_id, "window", "waiting", NOON_MS, NOON_MS + DAY_MS)]
        await world.store.deliveries.add(tx, run.run_id, "news", again, now_ms=NOON_MS)
    assert await counted(world, run) == [Count("window", "waiting", 1)]


async def test_the_audience_is_read_in_portions(world: World) -> None:
    """Everybody on the Page who ever agreed, in order, and nobody else."""
    people = await world.people(5)
    await agree(world, *people, await world.person(page_id=OTHER_PAGE))
    await world.person()
    after, seen = b"", []
    async with world.store.read() as tx:
        while portion := await world.store.audience.portion(
            tx, page_id=PAGE, purpose_id="news", after=after, limit=2
        ):
            after = portion[-1].person_id
            seen += [one.person_id for one in portion]
            assert all(one.is_granted for one in portion)
    assert seen == sorted(one.person_id for one in people)


async def test_a_delivery_counts_by_its_last_part(world: World) -> None:
    """The picture goes first, and what comes of the text decides."""
    who = await world.person()
    await agree(world, who)
    run = await run_of(world, who)
    await queue(world, run, who, parts=2)
    (picture,) = await world.claim()
    assert (picture.body, picture.counts) == (b"part 0", False)
    async with world.store.write() as tx:
        settled = await world.store.outbox.settle(tx, [picture.outbox_id])
    assert settled.deliveries == []
    (text,) = await world.claim()
    assert (text.body, text.counts, text.delivery_id is not None) == (b"part 1", True, True)
    async with world.store.write() as tx:
        settled = await world.store.outbox.settle(tx, [text.outbox_id])
        await world.store.deliveries.end(tx, settled.deliveries, "sent", now_ms=NOON_MS)
        assert await world.store.runs.end_those_done(tx, now_ms=NOON_MS) == [run.number]
    assert await counted(world, run) == [Count("window", "sent", 1)]


async def test_a_message_in_doubt_holds_up_no_other(world: World) -> None:
    """It waits for its echo only, so it does not count among those that wait to be sent."""
    one, other = await world.person(), await world.person()
    await agree(world, one, other)
    run = await run_of(world, one, other)
    await queue(world, run, one, other)
    claimed = await world.claim()
    assert len(claimed) == 2
    deliveries, first = world.store.deliveries, [claimed[0].outbox_id]
    async with world.store.write() as tx:
        assert await deliveries.count_queued(tx, run.run_id, "window") == 2
        await world.store.outbox.doubt(tx, first, node=NODE, decide_at_ms=NOON_MS)
        assert await deliveries.count_queued(tx, run.run_id, "window") == 1


async def test_the_claim_asks_again(world: World) -> None:
    """Who withdrew, or restricted, or whose chat a human holds, is named with the reason."""
    who = await world.person()
    run = await run_of(world, who)
    await queue(world, run, who)
    (claimed,) = await world.claim()
    assert claimed.bar == "opted out"


async def test_the_notice_of_now_counts_at_the_claim(world: World) -> None:
    """What was made under a notice is not sent once the one in force leaves its purpose out."""
    who = await world.person()
    await agree(world, who)
    run = await run_of(world, who)
    await queue(world, run, who)
    await publish(world.store, "something else", after=1)
    (claimed,) = await world.claim()
    assert claimed.bar == "opted out"


async def test_a_paused_broadcast_is_not_claimed(world: World) -> None:
    """What was made before the pause waits, and goes on after it."""
    who = await world.person()
    await agree(world, who)
    run = await run_of(world, who)
    await queue(world, run, who)
    book = world.store.broadcasts
    async with world.store.write() as tx:
        await book.move(tx, run.number, from_=("scheduled",), to="paused", reason="asked for")
    assert await world.claim() == []
    async with world.store.write() as tx:
        await book.move(tx, run.number, from_=("paused",), to="scheduled")
    assert len(await world.claim()) == 1


async def test_not_more_often_than_agreed(world: World) -> None:
    """Within the time between two broadcasts of a purpose only one gets the turn, and keeps it."""
    who, turns = await world.person(), world.store.frequency
    first, second = b"1" * 16, b"2" * 16

    async def late(delivery: bytes, at_ms: int) -> bool:
        async with world.store.write() as tx:
            wanted = [(who.person_id, "news", delivery)]
            gaps_ms = {"news": HOUR_MS}
            return bool(await turns.take(tx, wanted, gaps_ms=gaps_ms, now_ms=at_ms))

    assert not await late(first, NOON_MS)
    assert await late(second, NOON_MS + HOUR_MS - 1)
    assert not await late(first, NOON_MS + 1)
    assert not await late(second, NOON_MS + 1 + HOUR_MS)


async def test_no_turn_is_kept_where_no_limit_is_set(world: World) -> None:
    """Without a time between two broadcasts nothing is remembered of anybody."""
    who = await world.person()
    async with world.store.write() as tx:
        wanted = [(who.person_id, "news", b"1" * 16)]
        assert await world.store.frequency.take(tx, wanted, gaps_ms={}, now_ms=NOON_MS) == set()
        assert (await tx.execute(frequency.select())).all() == []


async def test_counts_stay_when_deliveries_go(world: World) -> None:
    """A month later, or once somebody is erased, the report says what it said."""
    people = await world.people(3)
    run = await run_of(world, *people)
    async with world.store.write() as tx:
        await count_up(tx, run.run_id, {("none", "opted out"): 2})
        ids = (await tx.execute(sa.select(deliveries.c.delivery_id))).scalars().all()
        await world.store.deliveries.end(tx, ids, "sent", now_ms=NOON_MS)
    before = await counted(world, run)
    await world.store.delete_expired(now_ms=NOON_MS, deliveries_before_ms=NOON_MS, limit=2)
    await world.store.delete_expired(now_ms=NOON_MS, deliveries_before_ms=NOON_MS, limit=2)
    assert await counted(world, run) == before
    async with world.store.read() as tx:
        assert (await tx.execute(deliveries.select())).all() == []


@pytest.mark.parametrize(
    ("failed", "sent", "is_too_often"), [(19, 0, False), (20, 80, True), (20, 81, False)]
)
async def test_one_in_five_is_too_often(
    world: World, failed: int, sent: int, *, is_too_often: bool
) -> None:
    """From 20 failures on, a run in which one in five fails is told from one that goes well."""
    people = await world.people(failed + sent)
    run = await run_of(world, *people)
    outcomes: dict[Outcome, int] = {"refused": failed, "sent": sent}
    async with world.store.write() as tx:
        ids = list((await tx.execute(sa.select(deliveries.c.delivery_id))).scalars())
        for outcome, count in outcomes.items():
            ended, ids = ids[:count], ids[count:]
            await world.store.deliveries.end(tx, ended, outcome, now_ms=NOON_MS)
        found = await world.store.deliveries.fails_too_often(tx, run.run_id, one_in=5)
    assert found is is_too_often
