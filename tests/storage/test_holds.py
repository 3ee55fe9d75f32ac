"""Held Pages: what nobody asked for waits, and nothing else does."""

import pytest

from storage import NewMessage
from storage.figures import count
from tests.storage.make import DAY_MS, NOON_MS, OTHER_PAGE, PAGE, Known, World


async def hold(world: World, page_id: str = PAGE) -> None:
    """Hold a Page."""
    async with world.store.write() as tx:
        await world.store.holds.hold(tx, page_id, by=1, now_ms=NOON_MS)


async def told(world: World, who: Known, body: bytes, **reason: bytes) -> None:
    """Queue a notice with a reason of the person's own: a request's answer, or word of a look."""
    message = NewMessage(
        person_id=who.person_id,
        page_id=who.page_id,
        key=who.key,
        body=body,
        kind="notice",
        due_at_ms=NOON_MS,
        expires_at_ms=NOON_MS + DAY_MS,
        resends_left=1,
        case_id=reason.get("case_id"),
        access_id=reason.get("access_id"),
    )
    async with world.store.write() as tx:
        await world.store.outbox.add(tx, [message])


@pytest.mark.parametrize("kind", ["broadcast", "notice"])
async def test_only_what_nobody_asked_for_waits(world: World, kind: str) -> None:
    """Answers leave, and so does everything of a Page that is not held."""
    here, there = await world.person(), await world.person(page_id=OTHER_PAGE)
    await hold(world)
    for who in (here, there):
        await world.message(who, b"news", kind="broadcast" if kind == "broadcast" else "notice")
    await world.message(here, b"an answer")
    assert sorted(await world.claim_bodies()) == [b"an answer", b"news"]
    async with world.store.read() as tx:
        (held,) = await world.store.holds.list_all(tx)
    assert (held.page_id, held.by, held.waiting) == (PAGE, 1, 1)
    async with world.store.write() as tx:
        assert await world.store.holds.let_go(tx, PAGE)
        assert not await world.store.holds.let_go(tx, PAGE)


@pytest.mark.parametrize("reason", ["case_id", "access_id"])
async def test_what_is_owed_passes_what_is_held(world: World, reason: str) -> None:
    """An answer to a request, and word of a look, never wait behind an announcement."""
    who = await world.person()
    await hold(world)
    await world.message(who, b"an announcement", kind="notice")
    await told(world, who, b"owed", **{reason: b"r" * 16})
    assert await world.claim_bodies() == [b"owed"]


async def test_admins_are_told_all_the_same(world: World) -> None:
    """Who asks whom to agree, and that somebody signed in, is no announcement."""
    who = await world.person()
    async with world.store.write() as tx:
        await world.store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)
    await hold(world)
    await world.message(who, b"for an admin", kind="notice")
    assert await world.claim_bodies() == [b"for an admin"]


@pytest.mark.parametrize("portion", [1, 3, 100])
async def test_everybody_is_counted_once(world: World, portion: int) -> None:
    """However people are cut into portions."""
    await world.people(7)
    found = await count(world.store, now_ms=NOON_MS, portion=portion)
    assert (found.people, found.stopped, found.restricted, found.due) == (7, 0, 0, 0)
