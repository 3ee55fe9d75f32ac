"""Links to pages of one's own: found by their secret part, good for one use."""

import asyncio

import sqlalchemy as sa

from storage import Store
from storage.db.tables import links
from storage.expired import LINK_AFTERLIFE_MS, delete_expired
from storage.links import Link, Use
from tests.storage.conftest import ON_POSTGRESQL, OpenStore
from tests.storage.make import HOUR_MS, NOON_MS, Known, World

ENDS_AT_MS = NOON_MS + HOUR_MS


async def make(
    world: World,
    who: Known,
    use: Use = "export",
    *,
    at_ms: int = NOON_MS,
    about: str | None = None,
) -> str:
    """Make a link that works until `ENDS_AT_MS`."""
    async with world.store.write() as tx:
        return await world.store.links.make(
            tx, who.person_id, use, now_ms=at_ms, expires_at_ms=ENDS_AT_MS, about=about
        )


async def look(world: World, token: str, use: Use = "export") -> Link | None:
    """Look at a link, as a preview does."""
    async with world.store.read() as tx:
        return await world.store.links.look(tx, token, use)


async def spend(store: Store, token: str, use: Use = "export", *, now_ms: int = NOON_MS) -> bool:
    """Use a link up, in a transaction of its own."""
    async with store.write() as tx:
        return await store.links.spend(tx, token, use, now_ms=now_ms)


async def count(world: World, who: Known, use: Use, since_ms: int) -> int:
    """Count the links made for somebody."""
    async with world.store.read() as tx:
        return await world.store.links.count_since(tx, who.person_id, use, since_ms)


async def sweep(world: World, now_ms: int) -> int:
    """Delete old links."""
    async with world.store.write() as tx:
        gone = await delete_expired(tx, now_ms=now_ms, deliveries_before_ms=0, limit=100)
    return gone["links"]


async def test_a_link_tells_whose_it_is_and_what_for(world: World) -> None:
    """Whoever has the secret part learns the person, the use and what it is about."""
    who, other = await world.people(2)
    token = await make(world, who, "detail", about="email")
    await make(world, other, "detail", about="phone")
    wanted = Link(who.person_id, "detail", "email", ENDS_AT_MS, None)
    assert await look(world, token, "detail") == wanted


async def test_the_secret_part_is_not_kept(world: World) -> None:
    """No column of a link holds its secret part, nor the bytes it stands for."""
    token = await make(world, await world.person(), about="email")
    async with world.store.read() as tx:
        (row,) = (await tx.execute(links.select())).all()
    kept = b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    assert token.encode() not in kept
    assert len(row.token_hash) == 32


async def test_no_two_links_have_the_same_secret_part(world: World) -> None:
    """Links for one person, one use and one moment differ, each with 256 random bits."""
    who = await world.person()
    tokens = {await make(world, who) for _ in range(5)}
    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {43}  # 32 bytes in Base64, without padding


async def test_looking_does_not_spend(world: World) -> None:
    """However often a preview looks, the link is still good."""
    token = await make(world, await world.person())
    for _ in range(3):
        seen = await look(world, token)
        assert seen is not None
        assert seen.is_open(NOON_MS)
    assert await spend(world.store, token)


async def test_a_link_is_spent_once(world: World) -> None:
    """The second use is refused, and the link tells when it was used first."""
    token = await make(world, await world.person())
    assert await spend(world.store, token, now_ms=NOON_MS + 1)
    assert not await spend(world.store, token, now_ms=NOON_MS + 2)
    seen = await look(world, token)
    assert seen is not None
    assert seen.spent_at_ms == NOON_MS + 1
    assert not seen.is_open(NOON_MS + 2)


async def test_of_many_uses_at_once_one_wins(world: World, open_store: OpenStore) -> None:
    """However many nodes spend a link at once, one of them may go on."""
    token = await make(world, await world.person())
    nodes = [open_store() for _ in range(4)]
    won = await asyncio.gather(*(spend(node, token) for node in nodes for _ in range(3)))
    assert won.count(True) == 1


@ON_POSTGRESQL
async def test_a_use_under_way_makes_the_next_one_wait(world: World, open_store: OpenStore) -> None:
    """Who comes second waits for the first to commit, and is then refused."""
    token, other_node = await make(world, await world.person()), open_store()
    async with world.store.write() as tx:
        assert await world.store.links.spend(tx, token, "export", now_ms=NOON_MS)
        rival = asyncio.create_task(spend(other_node, token))
        await world.until_somebody_waits()
    assert not await rival


async def test_a_use_that_fails_leaves_the_link_good(world: World) -> None:
    """Where what the page does is rolled back, so is the spending."""
    token = await make(world, await world.person())
    async with world.store.write() as tx:
        assert await world.store.links.spend(tx, token, "export", now_ms=NOON_MS)
        await tx.rollback()
    assert await spend(world.store, token)


async def test_a_link_ends_at_its_time(world: World) -> None:
    """It works until the last millisecond before, and not at its time."""
    who = await world.person()
    early, late = await make(world, who), await make(world, who)
    seen = await look(world, late)
    assert seen is not None
    assert (seen.is_open(ENDS_AT_MS - 1), seen.is_open(ENDS_AT_MS)) == (True, False)
    assert await spend(world.store, early, now_ms=ENDS_AT_MS - 1)
    assert not await spend(world.store, late, now_ms=ENDS_AT_MS)


async def test_a_link_for_another_use_is_not_found(world: World) -> None:
    """A link opens the page it was made for, and that attempt does not spend it."""
    token = await make(world, await world.person(), "export")
    assert await look(world, token, "bring_back") is None
    assert not await spend(world.store, token, "bring_back")
    assert await spend(world.store, token, "export")


async def test_a_wrong_secret_part_finds_nothing(world: World) -> None:
    """Neither a guess, nor nothing, nor the hash that is kept leads to a link."""
    token = await make(world, await world.person())
    async with world.store.read() as tx:
        kept = (await tx.execute(sa.select(links.c.token_hash))).scalar_one()
    for wrong in ("", token[:-1], token + "A", token.swapcase(), kept.hex(), "é\x00"):
        assert await look(world, wrong) is None
        assert not await spend(world.store, wrong)


async def test_links_are_counted_by_person_use_and_time(world: World) -> None:
    """Only this person's links for this use, made after a moment, are counted; spent ones too."""
    who, other = await world.people(2)
    await make(world, who, at_ms=NOON_MS)
    token = await make(world, who, at_ms=NOON_MS + 1)
    await make(world, who, at_ms=NOON_MS + 2)
    await make(world, who, "detail", at_ms=NOON_MS + 2)
    await make(world, other, at_ms=NOON_MS + 2)
    await spend(world.store, token)
    assert await count(world, who, "export", NOON_MS) == 2
    assert await count(world, who, "export", NOON_MS + 2) == 0


async def test_a_link_that_is_over_stays_for_a_day(world: World) -> None:
    """Used or not, a link is deleted a day after its time and not before."""
    who = await world.person()
    used, unused = await make(world, who), await make(world, who)
    await spend(world.store, used)
    assert await sweep(world, ENDS_AT_MS + LINK_AFTERLIFE_MS - 1) == 0
    assert await look(world, used) is not None
    assert await sweep(world, ENDS_AT_MS + LINK_AFTERLIFE_MS) == 2
    assert await look(world, unused) is None


async def test_sweeping_leaves_the_links_that_still_work(world: World) -> None:
    """Only what is over is deleted."""
    who = await world.person()
    old = await make(world, who)
    async with world.store.write() as tx:
        new = await world.store.links.make(
            tx, who.person_id, "export", now_ms=NOON_MS, expires_at_ms=ENDS_AT_MS + 1
        )
    assert await sweep(world, ENDS_AT_MS + LINK_AFTERLIFE_MS) == 1
    assert await look(world, old) is None
    assert await look(world, new) is not None


async def test_a_link_goes_with_its_person(world: World) -> None:
    """After an erasure no link of that person is left; others keep theirs."""
    gone, other = await world.person(erase_due_at_ms=NOON_MS), await world.person()
    token, kept = await make(world, gone), await make(world, other)
    assert await world.store.erase_due(now_ms=NOON_MS) == 1
    assert await look(world, token) is None
    assert await look(world, kept) is not None
