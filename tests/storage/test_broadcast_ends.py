"""How deliveries end that nobody waits for any more: lost, offered, or cancelled."""

from collections import Counter

from storage.broadcasts.records import Count
from tests.storage.make import DAY_MS, NODE, NOON_MS, OTHER_PAGE, PAGE, World
from tests.storage.running import agree, counted, queue, run_of


async def test_a_delivery_whose_message_is_lost_ends_as_unknown(world: World) -> None:
    """Nobody is skipped in silence: what has no message any more is reported once it is over."""
    who = await world.person()
    await agree(world, who)
    run = await run_of(world, who)
    await queue(world, run, who)
    (claimed,) = await world.claim(node=NODE)
    await world.remove([claimed.outbox_id])
    async with world.store.write() as tx:
        ends = world.store.expiring.end_lost
        assert await ends(tx, now_ms=NOON_MS, limit=9) == 0
        assert await ends(tx, now_ms=NOON_MS + DAY_MS, limit=9) == 1
    assert await counted(world, run) == [Count("window", "unknown", 1)]


async def test_what_waits_for_contact_is_news(world: World) -> None:
    """It is found for its person, until it is of no use any more."""
    who = await world.person()
    run = await run_of(world, who, lane="next_contact")
    async with world.store.write() as tx:
        takes = world.store.deliveries.take_waiting
        ((number, due),) = await takes(tx, who.person_id, now_ms=NOON_MS, limit=5)
        assert (number, due.lane) == (run.number, "next_contact")
        assert await takes(tx, who.person_id, now_ms=NOON_MS + DAY_MS, limit=5) == []


async def test_a_cancelled_run_leaves_nothing(world: World) -> None:
    """What waits and what was made goes; what has begun to leave stays to be settled."""
    people = await world.people(3)
    await agree(world, *people)
    run = await run_of(world, *people)
    await queue(world, run, *people)
    (begun,) = await world.claim(limit=1)
    dropped = 0
    async with world.store.write() as tx:
        dropped = await world.store.drop_of_run(tx, run.run_id, now_ms=NOON_MS, limit=9)
    assert dropped == 2
    assert await world.states() == {begun.outbox_id: "begun"}
    assert await counted(world, run) == [
        Count("window", "cancelled", 2),
        Count("window", "queued", 1),
    ]


async def test_a_long_run_holds_up_no_other_page(world: World) -> None:
    """A claim takes a few of each Page, however many wait for one of them."""
    people = [*await world.people(5), await world.person(page_id=OTHER_PAGE)]
    await agree(world, *people)
    await queue(world, await run_of(world, *people), *people)
    async with world.store.write() as tx:
        claimed, _ = await world.store.outbox.claim_broadcasts(
            tx,
            node=NODE,
            room={PAGE: 2, OTHER_PAGE: 2},
            now_ms=NOON_MS,
            limit=9,
            gaps_ms={},
        )
    assert Counter(one.page_id for one in claimed) == {PAGE: 2, OTHER_PAGE: 1}


async def test_what_comes_too_late_says_why(world: World) -> None:
    """Whoever does not agree any more has opted out; for the others it has expired."""
    people = await world.people(3)
    await agree(world, *people[:2])
    run = await run_of(world, *people, lane="next_contact")
    async with world.store.write() as tx:
        ends = world.store.expiring.end_late
        assert await ends(tx, run.run_id, now_ms=NOON_MS, limit=9) == 0
        assert await ends(tx, run.run_id, now_ms=NOON_MS + DAY_MS, limit=9) == 3
    assert await counted(world, run) == [
        Count("next_contact", "expired", 2),
        Count("next_contact", "opted out", 1),
    ]
