"""The keyring: random keys in a database of their own, few in memory, none after destruction."""

import asyncio

import pytest
import sqlalchemy as sa

from storage import KeysUnusable, PersonId
from storage.db.engine import Database
from storage.db.tables import day_keys, person_keys
from storage.keyring import Keyring
from storage.vault.secrets import Secrets
from tests.kit.deployment import Databases
from tests.storage.conftest import OpenStore
from tests.storage.make import NOON_MS, World

DAY = 20_000
ANN, BEN = PersonId(b"a" * 16), PersonId(b"b" * 16)


def make_secrets(**epochs: int) -> Secrets:
    """Make secrets with the epochs of these numbers."""
    made = {number: bytes(range(number, number + 32)) for number in epochs.values()}
    return Secrets(bytes(range(100, 132)), made)


async def test_a_key_made_is_found(world: World, open_store: OpenStore) -> None:
    """A key is random, survives in the database, and is found by another node too."""
    made = await world.store.keyring.create([ANN, BEN], now_ms=NOON_MS)
    assert len(set(made.values())) == 2
    assert {len(key) for key in made.values()} == {32}
    assert await open_store().keyring.find([ANN, BEN]) == made


async def test_a_missing_key_is_missing(world: World) -> None:
    """Whose key is not there is left out, and the others are found."""
    made = await world.store.keyring.create([ANN], now_ms=NOON_MS)
    assert await world.store.keyring.find([ANN, BEN]) == made
    assert await world.store.keyring.find([]) == {}
    assert await world.store.keyring.create([], now_ms=NOON_MS) == {}


async def test_a_destroyed_key_is_gone(world: World, open_store: OpenStore) -> None:
    """A destroyed key is neither in the database nor in memory, and others stay."""
    made = await world.store.keyring.create([ANN, BEN], now_ms=NOON_MS)
    await world.store.keyring.destroy([ANN])
    assert await world.store.keyring.find([ANN, BEN]) == {BEN: made[BEN]}
    assert await open_store().keyring.find([ANN, BEN]) == {BEN: made[BEN]}


async def test_a_key_read_during_its_destruction_does_not_stay(world: World) -> None:
    """Whatever is read while keys are destroyed, none of them is in memory afterwards."""
    keyring = world.store.keyring
    for number in range(20):
        person = PersonId(b"%16d" % number)
        await keyring.create([person], now_ms=NOON_MS)
        await asyncio.gather(
            *(keyring.find([person]) for _ in range(4)),
            keyring.destroy([person]),
            *(keyring.find([person]) for _ in range(4)),
        )
        assert await keyring.find([person]) == {}


@pytest.mark.parametrize(
    ("databases", "longest_s"), [("sqlite", 300.0), ("postgresql", 0.5)], indirect=["databases"]
)
async def test_memory_holds_keys_for_a_while(databases: Databases, longest_s: float) -> None:
    """Then a key is read from the database again, where another node may have destroyed it."""
    now_s = 0.0
    keyring = Keyring(
        Database(databases.keys_url), make_secrets(first=1), monotonic_s=lambda: now_s
    )
    made = await keyring.create([ANN], now_ms=NOON_MS)
    async with keyring.database.write() as tx:
        await tx.execute(person_keys.delete())
    now_s = longest_s - 0.1
    assert await keyring.find([ANN]) == made
    now_s = longest_s
    assert await keyring.find([ANN]) == {}
    await keyring.close()


async def test_memory_holds_a_thousand_keys(databases: Databases) -> None:
    """Memory does not grow with the number of people: the longest unused key goes first."""
    keyring = Keyring(Database(databases.keys_url), make_secrets(first=1))
    people = [PersonId(b"%16d" % number) for number in range(1001)]
    await keyring.create(people, now_ms=NOON_MS)
    async with keyring.database.write() as tx:
        await tx.execute(person_keys.delete())
    assert set(await keyring.find(people)) == set(people[1:])
    await keyring.close()


async def test_keys_of_an_earlier_epoch_still_open(databases: Databases) -> None:
    """New keys are wrapped under the active epoch; older ones open as long as theirs is there."""
    before = Keyring(Database(databases.keys_url), make_secrets(first=1))
    made = await before.create([ANN], now_ms=NOON_MS)
    await before.close()
    after = Keyring(Database(databases.keys_url), make_secrets(first=1, second=2))
    await after.epochs.activate(2, now_ms=NOON_MS)
    made |= await after.create([BEN], now_ms=NOON_MS)
    async with after.database.read() as tx:
        query = sa.select(person_keys.c.epoch).order_by(person_keys.c.person_id)
        assert (await tx.execute(query)).scalars().all() == [1, 2]
    await after.close()
    reopened = Keyring(Database(databases.keys_url), make_secrets(first=1, second=2))
    assert await reopened.find([ANN, BEN]) == made
    await reopened.close()


async def test_a_missing_epoch_is_told(databases: Databases) -> None:
    """Without the secret of an epoch nothing is guessed: the error names its number."""
    keyring = Keyring(Database(databases.keys_url), make_secrets(first=1))
    await keyring.create([ANN], now_ms=NOON_MS)
    await keyring.close()
    other = Keyring(Database(databases.keys_url), make_secrets(second=2))
    with pytest.raises(KeysUnusable, match="missing_epoch=1"):
        await other.find([ANN])
    await other.close()


async def test_a_days_key_stays_the_same(world: World, open_store: OpenStore) -> None:
    """A day has one key per use; it differs from those of other days and uses."""
    keyring = world.store.keyring
    key = await keyring.day_key(DAY, "event")
    assert await keyring.day_key(DAY, "event") == key
    assert await open_store().keyring.day_key(DAY, "event") == key
    others = {await keyring.day_key(DAY, "inbox"), await keyring.day_key(DAY + 1, "event")}
    assert len(others | {key}) == 3


async def test_nodes_at_once_agree_on_a_days_key(open_store: OpenStore) -> None:
    """However many nodes make the same day's key at once, all of them end with one."""
    nodes = [open_store() for _ in range(6)]
    for day in range(DAY, DAY + 5):
        keys = await asyncio.gather(*(node.keyring.day_key(day, "inbox") for node in nodes))
        assert len(set(keys)) == 1


async def test_destroyed_days_are_gone(world: World) -> None:
    """The keys of earlier days go, of this use only; who asks again gets another key."""
    keyring = world.store.keyring
    old = await keyring.day_key(DAY - 1, "event")
    kept = [await keyring.day_key(DAY, "event"), await keyring.day_key(DAY - 1, "inbox")]
    assert await keyring.destroy_days_before(DAY, "event") == 1
    async with keyring.database.read() as tx:
        rows = await tx.execute(sa.select(day_keys.c.day, day_keys.c.use))
        assert {tuple(row) for row in rows} == {(DAY, "event"), (DAY - 1, "inbox")}
    assert [await keyring.day_key(DAY, "event"), await keyring.day_key(DAY - 1, "inbox")] == kept
    assert await keyring.day_key(DAY - 1, "event") != old


async def test_old_keys_are_listed_in_pieces(world: World) -> None:
    """Whose keys are older than a moment is listed by rising id, some at a time."""
    keyring = world.store.keyring
    await keyring.create([BEN, ANN], now_ms=NOON_MS)
    await keyring.create([PersonId(b"c" * 16)], now_ms=NOON_MS + 1)
    nobody = PersonId(b"")
    assert await keyring.list_created_before(NOON_MS + 1, after=nobody, limit=1) == [ANN]
    assert await keyring.list_created_before(NOON_MS + 1, after=ANN, limit=9) == [BEN]
    assert await keyring.list_created_before(NOON_MS, after=nobody, limit=9) == []


async def test_a_blind_index_depends_on_the_root_secret(databases: Databases) -> None:
    """Without the root secret nobody can tell which index a PSID has."""
    one = Keyring(Database(databases.keys_url), make_secrets(first=1))
    other = Keyring(Database(databases.keys_url), Secrets(bytes(range(32)), {1: bytes(32)}))
    assert one.lookup("1", "2") != other.lookup("1", "2")
    assert one.lookup("1", "2") != one.lookup("12", "")
    await one.close()
    await other.close()
