"""Pages: paused and resumed, and their pace shared by all nodes."""

import asyncio

import pytest

from storage import PausedPage, Store
from storage.pages import BLOCKED
from tests.storage.conftest import ON_SQLITE, OpenStore
from tests.storage.make import NOON_MS, OTHER_PAGE, PAGE, World


async def reserve(store: Store, *, count: int, per_s: int, now_ms: int = NOON_MS) -> int:
    """Reserve slots in a transaction of its own, as the sender does."""
    async with store.write() as tx:
        return await store.pages.reserve(tx, PAGE, count=count, per_s=per_s, now_ms=now_ms)


async def paused(world: World, *, now_ms: int = NOON_MS) -> list[PausedPage]:
    """Return the Pages that rest."""
    async with world.store.read() as tx:
        return await world.store.pages.list_paused(tx, now_ms=now_ms)


async def test_a_paused_page_is_listed_with_its_reason(world: World) -> None:
    """The operator sees which Page rests, why, since when and until when."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="token", now_ms=NOON_MS, until_ms=None)
        await pages.pause(tx, OTHER_PAGE, reason="slow", now_ms=NOON_MS, until_ms=NOON_MS + 10)
    token = PausedPage(PAGE, "token", NOON_MS, None)
    slow = PausedPage(OTHER_PAGE, "slow", NOON_MS, NOON_MS + 10)
    assert sorted(await paused(world), key=repr) == sorted([token, slow], key=repr)
    assert await paused(world, now_ms=NOON_MS + 10) == [token]


@pytest.mark.parametrize("new", range(4))
@pytest.mark.parametrize("old", range(4))
async def test_only_a_reason_no_weaker_replaces_another(world: World, old: int, new: int) -> None:
    """Meta's block outlasts a dead token, that outlasts a rest, and a long rest a short one."""
    pauses: list[tuple[str, int | None]] = [
        ("throttled", NOON_MS + 10),
        ("throttled", NOON_MS + 20),
        ("code 190/0", None),
        (BLOCKED, None),
    ]
    async with world.store.write() as tx:
        pages = world.store.pages
        for place in (old, new):
            reason, until_ms = pauses[place]
            is_paused = await pages.pause(
                tx, PAGE, reason=reason, now_ms=NOON_MS, until_ms=until_ms
            )
    assert is_paused == (new >= old)
    reason, until_ms = pauses[max(old, new)]
    assert await paused(world) == [PausedPage(PAGE, reason, NOON_MS, until_ms)]


async def test_a_rest_that_is_over_is_replaced_by_a_shorter_one(world: World) -> None:
    """What was asked for yesterday says nothing about today."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="throttled", now_ms=NOON_MS, until_ms=NOON_MS + 10)
        await pages.pause(tx, PAGE, reason="throttled", now_ms=NOON_MS + 10, until_ms=NOON_MS + 12)
    later = await paused(world, now_ms=NOON_MS + 11)
    assert later == [PausedPage(PAGE, "throttled", NOON_MS + 10, NOON_MS + 12)]


async def judge(world: World, *, is_blocked: bool, at_ms: int) -> bool:
    """Take in one verdict, as the intake does."""
    async with world.store.write() as tx:
        return await world.store.pages.judge(
            tx, PAGE, is_blocked=is_blocked, at_ms=at_ms, now_ms=NOON_MS
        )


async def test_a_verdict_counts_once_and_only_if_it_is_the_latest(world: World) -> None:
    """A block that comes again, or late, does not undo the unblocking after it."""
    assert await judge(world, is_blocked=True, at_ms=NOON_MS - 9)
    assert await paused(world) == [PausedPage(PAGE, BLOCKED, NOON_MS, None)]
    assert await judge(world, is_blocked=False, at_ms=NOON_MS - 5)
    assert await paused(world) == []
    for at_ms in (NOON_MS - 9, NOON_MS - 7, NOON_MS - 5):
        assert not await judge(world, is_blocked=True, at_ms=at_ms)
    assert await paused(world) == []
    assert await judge(world, is_blocked=True, at_ms=NOON_MS - 4)
    assert len(await paused(world)) == 1


async def test_unblocking_mends_no_token(world: World) -> None:
    """Meta's word lifts Meta's block; a Page that waits for its token goes on waiting."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="code 190/0", now_ms=NOON_MS, until_ms=None)
    assert await judge(world, is_blocked=False, at_ms=NOON_MS)
    assert await paused(world) == [PausedPage(PAGE, "code 190/0", NOON_MS, None)]


async def test_only_metas_word_lifts_metas_block(world: World) -> None:
    """A Page that answers again, but is blocked, stays silent."""
    await judge(world, is_blocked=True, at_ms=NOON_MS)
    async with world.store.write() as tx:
        assert await world.store.pages.resume(tx, [PAGE]) == 0
    assert await paused(world) == [PausedPage(PAGE, BLOCKED, NOON_MS, None)]


async def test_a_stronger_reason_counts(world: World) -> None:
    """Pausing again for a stronger reason replaces reason and end."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="slow", now_ms=NOON_MS, until_ms=NOON_MS + 10)
        await pages.pause(tx, PAGE, reason="token", now_ms=NOON_MS + 1, until_ms=None)
    assert await paused(world) == [PausedPage(PAGE, "token", NOON_MS + 1, None)]


async def test_resuming_counts_the_paused(world: World) -> None:
    """Resuming lets Pages send again and says how many had been paused."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="token", now_ms=NOON_MS, until_ms=None)
        assert await pages.resume(tx, [PAGE, OTHER_PAGE]) == 1
        assert await pages.resume(tx, [PAGE]) == 0
    assert await paused(world) == []


async def test_the_first_slot_is_now(world: World) -> None:
    """A Page that has rested sends at once."""
    assert await reserve(world.store, count=10, per_s=100) == 0


@ON_SQLITE
async def test_reservations_follow_each_other(world: World) -> None:
    """The next slots begin where those before end, and idle time is not saved up."""
    assert await reserve(world.store, count=28, per_s=280) == 0
    assert await reserve(world.store, count=28, per_s=280) == 100
    assert await reserve(world.store, count=28, per_s=280, now_ms=NOON_MS + 150) == 50
    assert await reserve(world.store, count=28, per_s=280, now_ms=NOON_MS + 5000) == 0
    assert await reserve(world.store, count=1, per_s=280, now_ms=NOON_MS + 5000) == 100


@ON_SQLITE
async def test_the_mean_pace_is_the_one_asked_for(world: World) -> None:
    """A thousand single slots at 280 a second take the time that they should."""
    async with world.store.write() as tx:
        for _ in range(1000):
            wait_ms = await world.store.pages.reserve(tx, PAGE, count=1, per_s=280, now_ms=NOON_MS)
    assert abs(wait_ms - 999 / 280 * 1000) < 2


async def test_slots_of_two_nodes_never_overlap(world: World, open_store: OpenStore) -> None:
    """However many reserve at once, no slot is given twice: the last waits for all the others."""
    nodes = [open_store() for _ in range(3)]
    await reserve(world.store, count=4, per_s=1)
    waits = await asyncio.gather(
        *(reserve(nodes[number % 3], count=4, per_s=1) for number in range(12))
    )
    # Long slots: on PostgreSQL the database's clock runs on, and each wait is a bit less.
    assert sorted(-(-wait_ms // 4000) for wait_ms in waits) == list(range(1, 13))


async def test_a_slot_far_ahead_is_void(world: World) -> None:
    """A slot that a wrong clock put far ahead does not keep its Page silent until then."""
    await reserve(world.store, count=59, per_s=1)
    assert await reserve(world.store, count=3600, per_s=1) > 50_000
    assert await reserve(world.store, count=1, per_s=1) == 0


async def test_reserving_leaves_a_pause_alone(world: World) -> None:
    """A Page's pace and its pause share a row and do not touch each other."""
    async with world.store.write() as tx:
        pages = world.store.pages
        await pages.pause(tx, PAGE, reason="token", now_ms=NOON_MS, until_ms=None)
    await reserve(world.store, count=1, per_s=10)
    assert await paused(world) == [PausedPage(PAGE, "token", NOON_MS, None)]
