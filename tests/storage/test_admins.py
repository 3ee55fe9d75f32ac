"""What storage promises of admins, on both databases."""

import asyncio

import pytest

from storage import Store, Undecryptable
from storage.admin_acts import AdminAct
from storage.admins import INVITE_LASTS_MS
from storage.sign_ins import MAX_TRIES, TRIES_LAST_MS
from tests.storage.conftest import ON_POSTGRESQL, OpenStore
from tests.storage.make import NOON_MS, World


async def test_a_code_is_spent_once(world: World) -> None:
    """Of two who use it at the same moment, one gets the role; afterwards nobody does."""
    store = world.store
    async with store.write() as tx:
        code = await store.admins.invite(tx, "sender", now_ms=NOON_MS)

    async def spend() -> str | None:
        async with store.write() as tx:
            return await store.admins.spend_invite(tx, code.lower(), now_ms=NOON_MS + 1)

    assert sorted(map(str, await asyncio.gather(spend(), spend()))) == ["None", "sender"]
    assert await spend() is None


@pytest.mark.parametrize(
    ("after_ms", "role"), [(INVITE_LASTS_MS - 1, "viewer"), (INVITE_LASTS_MS, None)]
)
async def test_a_code_is_over_to_the_millisecond(
    world: World, after_ms: int, role: str | None
) -> None:
    """A quarter of an hour, and not a moment longer."""
    store = world.store
    async with store.write() as tx:
        code = await store.admins.invite(tx, "viewer", now_ms=NOON_MS)
        assert await store.admins.spend_invite(tx, code, now_ms=NOON_MS + after_ms) == role


async def test_a_step_is_used_once(world: World) -> None:
    """Neither the same step nor an earlier one counts again, also where two come at once."""
    store, who = world.store, await world.person()
    async with store.write() as tx:
        admin = await store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)

    async def use(step: int) -> bool:
        async with store.write() as tx:
            return await store.admins.use_step(tx, admin, step, now_ms=NOON_MS)

    assert sorted(await asyncio.gather(use(7), use(7))) == [False, True]
    assert [await use(step) for step in (6, 7, 8)] == [False, False, True]


async def test_tries_are_counted_for_a_quarter_of_an_hour(world: World) -> None:
    """Five, however they are spread; the sixth waits until the first is over."""
    store, who = world.store, await world.person()
    async with store.write() as tx:
        for number in range(MAX_TRIES):
            left = await store.sign_ins.take_try(tx, who.person_id, now_ms=NOON_MS + number)
            assert left == MAX_TRIES - number - 1
        end_ms = NOON_MS + TRIES_LAST_MS
        assert await store.sign_ins.take_try(tx, who.person_id, now_ms=end_ms - 1) is None
        assert await store.sign_ins.take_try(tx, who.person_id, now_ms=end_ms) == 0


async def test_a_seed_opens_for_its_admin_only(world: World) -> None:
    """It is sealed under their own key: with another's it does not open."""
    store, (who, other) = world.store, await world.people(2)
    async with store.write() as tx:
        admin = await store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)
        await store.admins.put_seed(tx, admin, who.key, "JBSWY3DPEHPK3PXP")
        assert await store.admins.seed_of(tx, admin, who.key) == "JBSWY3DPEHPK3PXP"
        with pytest.raises(Undecryptable):
            await store.admins.seed_of(tx, admin, other.key)


async def test_a_seed_that_gave_a_right_code_stays(world: World) -> None:
    """A page that was open meanwhile can't put another one in its place."""
    store, who = world.store, await world.person()
    async with store.write() as tx:
        admin = await store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)
        assert await store.admins.put_seed(tx, admin, who.key, "FIRST")
        assert await store.admins.put_seed(tx, admin, who.key, "SECOND")
        assert await store.admins.use_step(tx, admin, 1, now_ms=NOON_MS)
        assert not await store.admins.put_seed(tx, admin, who.key, "THIRD")
        assert await store.admins.seed_of(tx, admin, who.key) == "SECOND"


async def test_numbers_are_never_given_again(world: World) -> None:
    """Who follows the last admin has the next number, although nobody has that one any more."""
    store, people = world.store, await world.people(3)
    numbers = []
    for who in people:
        async with store.write() as tx:
            admin = await store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)
            numbers.append(admin.name)
        async with store.write() as tx:
            await store.admins.revoke(tx, admin, now_ms=NOON_MS)
    assert numbers == ["A-1", "A-2", "A-3"]


async def test_acts_are_read_back_in_pages(world: World) -> None:
    """The newest first, and from before a line of the ledger the older ones."""
    store = world.store
    acts = [AdminAct("A-1", "owner", f"act {n}", "A-2", "", NOON_MS + n) for n in range(5)]
    for act in acts:
        async with store.write() as tx:
            store.admin_acts.note(tx, act)
    async with store.read() as tx:
        newest = await store.admin_acts.newest(tx, limit=3)
        older = await store.admin_acts.newest(tx, limit=3, before=newest[-1].index)
    assert [one.act for one in newest + older] == acts[::-1]


async def test_an_attempt_that_fails_leaves_nothing(world: World) -> None:
    """Neither rows nor lines of the ledger; what stood before and comes after it stays."""
    store = world.store
    acts = [AdminAct("A-1", "owner", f"act {n}", "A-2", "", NOON_MS) for n in range(3)]
    async with store.write() as tx:
        store.admin_acts.note(tx, acts[0])
        codes = []

        async def fail() -> None:
            async with store.attempt(tx):
                codes.append(await store.admins.invite(tx, "owner", now_ms=NOON_MS))
                store.admin_acts.note(tx, acts[1])
                raise Undecryptable

        with pytest.raises(Undecryptable):
            await fail()
        store.admin_acts.note(tx, acts[2])
        assert await store.admins.spend_invite(tx, codes[0], now_ms=NOON_MS) is None
    async with store.read() as tx:
        newest = await store.admin_acts.newest(tx, limit=3)
    assert [one.act for one in newest] == [acts[2], acts[0]]


async def test_an_act_that_waits_is_taken_once(world: World) -> None:
    """Of two who take it away at once, one does; its words open with the key of who asked."""
    store, who = world.store, await world.person()
    async with store.write() as tx:
        act_id = await store.pending_acts.ask(
            tx,
            who.person_id,
            who.key,
            command="admin revoke",
            line="/admin revoke A-2",
            digest=b"d" * 32,
            expires_at_ms=NOON_MS,
        )
        act = await store.pending_acts.find(tx, act_id, now_ms=NOON_MS - 1)
        assert await store.pending_acts.find(tx, act_id, now_ms=NOON_MS) is None
    assert act is not None
    assert act.line(who.key) == "/admin revoke A-2"
    waits = act

    async def remove() -> bool:
        async with store.write() as tx:
            return await store.pending_acts.remove(tx, waits)

    assert sorted(await asyncio.gather(remove(), remove())) == [False, True]


@ON_POSTGRESQL
async def test_two_owners_cannot_revoke_each_other_at_once(
    world: World, open_store: OpenStore
) -> None:
    """The second looks again once the first is done, and sees that nobody else is left."""
    store, other = world.store, open_store()
    async with store.write() as tx:
        for who in await world.people(2):
            await store.admins.make(tx, who.person_id, "owner", now_ms=NOON_MS)

    async def owners(at: Store) -> list[str]:
        async with at.write() as tx:
            return [one.name for one in await at.admins.lock_owners(tx)]

    async with store.write() as tx:
        _, second = await store.admins.lock_owners(tx)
        late = asyncio.create_task(owners(other))
        await asyncio.sleep(0)
        await store.admins.revoke(tx, second, now_ms=NOON_MS)
    assert await late == ["A-1"]
