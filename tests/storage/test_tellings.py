"""Who else is told of an erasure, once each, and that nothing of the person stays behind."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from storage import PersonId, Store, Undecryptable
from storage.db.tables import day_keys, person_keys
from storage.db.telling_tables import tellings
from storage.tellings import TOLD_FOR_DAYS, ClaimedTelling, Recipient, Told, Who
from tests.storage.conftest import OpenStore
from tests.storage.ledger.keeping import agree
from tests.storage.make import DAY_MS, EVERYBODYS, NOON_MS, Known, World
from tests.storage.test_erasure_sequence import order

NEWS = Recipient("Example News", frozenset({"news"}), is_reachable=True)
OTHER = Recipient("Example Other", frozenset({"other"}), is_reachable=True)
BY_HAND = Recipient("Example Print", frozenset(), is_reachable=False)
LEASE_MS = 60_000


@pytest.fixture
def tells(open_store: OpenStore) -> World:
    """A world in which others get data."""
    return World(open_store(recipients=[EVERYBODYS, NEWS, OTHER, BY_HAND]))


async def _gone(world: World, *, agrees: bool = False) -> tuple[Known, str]:
    """Let somebody be erased; return who, and their receipt."""
    who = await world.person()
    if agrees:
        await agree(world.store, who)
    number = await order(world.store, who)
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    return who, number


async def _claim(
    store: Store, *, now_ms: int = NOON_MS, but_not: Sequence[str] = ()
) -> ClaimedTelling | None:
    async with store.write() as tx:
        return await store.tellings.claim(
            tx, now_ms=now_ms, until_ms=now_ms + LEASE_MS, but_not=but_not
        )


async def _settle_all(store: Store) -> None:
    while (claimed := await _claim(store)) is not None:
        async with store.write() as tx:
            await store.tellings.settle(tx, [claimed.telling_id], "confirmed", now_ms=NOON_MS)


async def _rows(store: Store) -> list[Any]:
    async with store.read() as tx:
        return list((await tx.execute(tellings.select().order_by(tellings.c.recipient))).all())


async def _told(store: Store, number: str) -> list[Told]:
    async with store.read() as tx:
        return await store.tellings.list_told(tx, number)


async def _count_keys(store: Store) -> int:
    query = sa.select(sa.func.count()).where(day_keys.c.use == "telling")
    async with store.keyring.database.read() as tx:
        return int((await tx.execute(query)).scalar_one())


@pytest.mark.parametrize("agrees", [True, False])
async def test_only_who_may_have_got_data_is_told(tells: World, *, agrees: bool) -> None:
    """Those who get everybody's, and those whose purposes were ever agreed to."""
    _, number = await _gone(tells, agrees=agrees)
    told = {one.recipient: one.state for one in await _told(tells.store, number)}
    everybody = {"Example Post": "waiting", "Example Print": "by_hand"}
    assert told == everybody | ({"Example News": "waiting"} if agrees else {})


async def test_it_says_who_it_was_under_a_key_that_is_not_theirs(tells: World) -> None:
    """Page and Messenger id open after the person's own key is gone; by hand nothing is kept."""
    who, _ = await _gone(tells)
    assert await tells.store.keyring.find([who.person_id]) == {}
    claimed = await _claim(tells.store)
    assert claimed is not None
    assert await tells.store.tellings.open(claimed) == Who(who.page_id, who.psid)
    (by_hand,) = [row for row in await _rows(tells.store) if row.state == "by_hand"]
    assert (by_hand.body, by_hand.key_day) == (None, None)


async def test_no_row_leads_to_the_persons_number(tells: World) -> None:
    """Neither while it waits nor afterwards does any value in it stem from the random id."""
    who, _ = await _gone(tells)
    rows = await _rows(tells.store)
    assert rows
    for row in rows:
        assert who.person_id not in tuple(row)
        assert all(who.person_id not in value for value in row if isinstance(value, bytes))


async def test_once_confirmed_only_the_receipt_leads_there(tells: World) -> None:
    """What it was about is deleted, and the number that the recipient knows is replaced."""
    _, number = await _gone(tells)
    before = {row.telling_id for row in await _rows(tells.store) if row.state == "waiting"}
    await _settle_all(tells.store)
    after = [row for row in await _rows(tells.store) if row.state == "confirmed"]
    assert len(after) == len(before) == 1
    assert not before & {row.telling_id for row in after}
    assert {(row.body, row.key_day) for row in after} == {(None, None)}
    assert Told("Example Post", "confirmed", NOON_MS) in await _told(tells.store, number)
    assert await _told(tells.store, "AAAA-AAAA-AAAA") == []


async def test_without_a_receipt_no_row_stays(tells: World) -> None:
    """Who is erased because their time is over has no page, so nothing is kept for one."""
    who = await tells.person(erase_due_at_ms=NOON_MS)
    assert await tells.store.erase_due(now_ms=NOON_MS) == 1
    await _settle_all(tells.store)
    async with tells.store.write() as tx:
        reminded = await tells.store.tellings.note_by_hand(tx, now_ms=NOON_MS)
    assert dict(reminded) == {"Example Print": 1}
    assert await _rows(tells.store) == []
    assert await tells.store.keyring.find([who.person_id]) == {}


async def test_beginning_twice_queues_once(tells: World) -> None:
    """A node that begins the same erasure a moment later tells nobody twice."""
    who = await tells.person()
    for _ in range(2):
        async with tells.store.write() as tx:
            await tells.store.erasure.begin(tx, [who.person_id], now_ms=NOON_MS)
    assert [row.recipient for row in await _rows(tells.store)] == ["Example Post", "Example Print"]


async def test_two_nodes_never_tell_the_same_at_once(tells: World, open_store: OpenStore) -> None:
    """What one has claimed the other does not get, until the first has been gone for a while."""
    await _gone(tells)
    other = open_store(recipients=[EVERYBODYS])
    first = await _claim(tells.store)
    assert first is not None
    assert await _claim(other) is None
    again = await _claim(other, now_ms=NOON_MS + LEASE_MS)
    assert again is not None
    assert (again.telling_id, again.attempts) == (first.telling_id, 2)


async def test_who_is_away_holds_up_nobody(tells: World) -> None:
    """The next one that is due is somebody else's."""
    await _gone(tells, agrees=True)
    claimed = await _claim(tells.store, but_not=["Example Post"])
    assert claimed is not None
    assert claimed.recipient == "Example News"


async def test_a_days_key_goes_when_everything_of_it_is_settled(tells: World) -> None:
    """Not before; and a day that still waits does not keep those before and after it."""
    await _gone(tells)
    for day in (-2, 2):
        key_day = NOON_MS // DAY_MS + day
        await tells.store.keyring.day_key(key_day, "telling")
    later_ms = NOON_MS + 5 * DAY_MS
    await tells.store.destroy_old_keys(now_ms=later_ms)
    assert await _count_keys(tells.store) == 1
    claimed = await _claim(tells.store)
    assert claimed is not None
    assert await tells.store.tellings.open(claimed)
    async with tells.store.write() as tx:
        await tells.store.tellings.settle(tx, [claimed.telling_id], "confirmed", now_ms=later_ms)
    await tells.store.destroy_old_keys(now_ms=later_ms)
    assert await _count_keys(tells.store) == 0
    with pytest.raises(Undecryptable):
        await tells.store.tellings.open(claimed)


async def test_after_thirty_days_it_is_given_up(tells: World) -> None:
    """Not a moment earlier; then nothing of the person is left, and the key's day is free."""
    _, number = await _gone(tells)
    end_ms = NOON_MS + TOLD_FOR_DAYS * DAY_MS
    for now_ms, count in ((end_ms - 1, {}), (end_ms, {"Example Post": 1})):
        async with tells.store.write() as tx:
            assert await tells.store.tellings.give_up_expired(tx, now_ms=now_ms) == count
    assert Told("Example Post", "given_up", end_ms) in await _told(tells.store, number)
    assert await _claim(tells.store, now_ms=end_ms) is None
    async with tells.store.read() as tx:
        assert await tells.store.tellings.list_key_days(tx) == set()


async def test_who_is_not_configured_any_more_is_not_told(
    tells: World, open_store: OpenStore
) -> None:
    """Nobody knows the way there now; it ends as given up, in its time."""
    _, number = await _gone(tells)
    after = open_store(recipients=[NEWS])
    assert await _claim(after) is None
    end_ms = NOON_MS + TOLD_FOR_DAYS * DAY_MS
    async with after.write() as tx:
        assert await after.tellings.give_up_expired(tx, now_ms=end_ms) == {"Example Post": 1}
    assert Told("Example Post", "given_up", end_ms) in await _told(after, number)


async def test_whose_key_is_lost_cannot_be_told_of(tells: World) -> None:
    """The erasure goes on, and the recipient counts as not told."""
    who = await tells.person()
    async with tells.store.keyring.database.write() as tx:
        await tx.execute(person_keys.delete())
    tells.store.keyring.forget_expired()
    tells.store.keyring._cache.clear()  # noqa: SLF001 - as after a restart
    number = await order(tells.store, who)
    assert await tells.store.complete_erasures(now_ms=NOON_MS) == 1
    assert await _claim(tells.store) is None
    async with tells.store.write() as tx:
        await tells.store.tellings.give_up_expired(tx, now_ms=NOON_MS)
    assert Told("Example Post", "given_up", NOON_MS) in await _told(tells.store, number)


async def test_whoever_a_backup_brought_back_is_told_of_again(tells: World) -> None:
    """Whether the recipient was told, only the lost database knew; once more does no harm."""
    who = await tells.person()
    tells.store.tombstones.add([who.person_id])
    assert await tells.store.guard.replay(now_ms=NOON_MS) == 1
    claimed = await _claim(tells.store)
    assert claimed is not None
    assert await tells.store.tellings.open(claimed) == Who(who.page_id, who.psid)
    assert await tells.store.guard.replay(now_ms=NOON_MS) == 0
    assert len(await _rows(tells.store)) == 2


async def test_a_crash_while_replaying_tells_once(tells: World, open_store: OpenStore) -> None:
    """Begun and not ended, it goes on as any erasure; nobody is told of it twice."""
    who = await tells.person()
    tells.store.tombstones.add([who.person_id])
    async with tells.store.write() as tx:
        await tells.store.erasure.begin(tx, [PersonId(who.person_id)], now_ms=NOON_MS)
    after = open_store(recipients=[EVERYBODYS])
    await after.guard.require_nobody_back()
    assert await after.complete_erasures(now_ms=NOON_MS) == 1
    assert [row.recipient for row in await _rows(after)] == ["Example Post", "Example Print"]
