"""A broadcast that runs, made without the bot."""

from storage import ConsentAct, ConsentStatus, NewMessage, Transaction
from storage.broadcasts.records import (
    Count,
    DueDelivery,
    Lane,
    NewBroadcast,
    NewDelivery,
    Run,
)
from tests.kit.publishing import publish
from tests.storage.make import DAY_MS, NOON_MS, PAGE, Known, World

NEW = NewBroadcast(
    page_id=PAGE,
    purpose_id="news",
    kind="marketing",
    title="The fair",
    content="{}",
    cron="",
    zone="UTC",
    is_local=False,
    is_urgent=False,
    useful_ms=DAY_MS,
    made_by="1",
)


async def scheduled(world: World, *, next_at_ms: int = NOON_MS, is_local: bool = False) -> int:
    """Keep a broadcast that is scheduled; return its number."""
    book = world.store.broadcasts
    async with world.store.write() as tx:
        number = await book.add(tx, NEW, now_ms=NOON_MS)
        await book.put_on(tx, number, cron="", zone="UTC", is_local=is_local, is_urgent=False)
        await book.move(tx, number, from_=("draft",), to="scheduled")
        await book.set_next(tx, number, next_at_ms)
    return number


async def begin(tx: Transaction, world: World, number: int) -> None:
    """Claim the occurrence of a broadcast at noon; its list is to be made."""
    assert await world.store.runs.begin(
        tx,
        number,
        occurs_at_ms=NOON_MS,
        expires_at_ms=NOON_MS + DAY_MS,
        state="making",
        now_ms=NOON_MS,
    )


async def run_of(world: World, *people: Known, lane: Lane = "window") -> Run:
    """Let a broadcast have a run with a delivery for each of these people."""
    number, runs = await scheduled(world), world.store.runs
    async with world.store.write() as tx:
        await begin(tx, world, number)
        (run,) = await runs.take(tx, "making", limit=9)
        new = [
            NewDelivery(one.person_id, lane, "waiting", NOON_MS, NOON_MS + DAY_MS) for one in people
        ]
        await world.store.deliveries.add(tx, run.run_id, "news", new, now_ms=NOON_MS)
        await runs.move(tx, run.run_id, "sending", now_ms=NOON_MS)
    return run


async def agree(world: World, *people: Known) -> None:
    """Let people say yes to the news."""
    ids = [one.person_id for one in people]
    acts = [(ConsentAct(who, "news", "granted", NOON_MS), True) for who in ids]
    standing = {(who, "news"): ConsentStatus(granted_at_ms=NOON_MS) for who in ids}
    await publish(world.store, "news")
    async with world.store.write() as tx:
        await world.store.consents.record(tx, acts, standing, now_ms=NOON_MS)


async def queue(world: World, run: Run, *people: Known, parts: int = 1) -> list[DueDelivery]:
    """Make the messages of a run."""
    by_id = {one.person_id: one for one in people}
    async with world.store.write() as tx:
        due = await world.store.deliveries.take_due(
            tx, run.run_id, "window", now_ms=NOON_MS, limit=99
        )
        ids = [one.delivery_id for one in due]
        await world.store.deliveries.mark_queued(tx, ids, now_ms=NOON_MS)
        messages = [
            NewMessage(
                person_id=one.person_id,
                page_id=one.page_id,
                key=by_id[one.person_id].key,
                body=b"part %d" % part,
                kind="broadcast",
                due_at_ms=NOON_MS,
                expires_at_ms=one.expires_at_ms,
                resends_left=0,
                purpose_id="news",
                delivery_id=one.delivery_id,
                counts=part == parts - 1,
            )
            for one in due
            for part in range(parts)
        ]
        await world.store.outbox.add(tx, messages)
    return due


async def counted(world: World, run: Run) -> list[Count]:
    """Return the counts of a run."""
    async with world.store.read() as tx:
        return await world.store.deliveries.count(tx, [run.run_id])
