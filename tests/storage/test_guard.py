"""Before anything is served: one deployment's parts, and nobody back who was erased."""

import secrets
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import PersonId
from storage.db.erasure_tables import deployment
from storage.db.tables import people, person_keys
from storage.errors import ErasedAreBack, PeopleMissing, TombstonesForeign, TombstonesMissing
from storage.tombstones import Tombstones
from tests.storage.conftest import ON_SQLITE, OpenStore
from tests.storage.make import HOUR_MS, NOON_MS, World
from tests.storage.test_erasure_sequence import left_of, order, tombs

LATER_MS = NOON_MS + 48 * HOUR_MS


async def test_file_and_database_get_one_id(world: World, open_store: OpenStore) -> None:
    """The first start notes the deployment in both; later ones and other nodes find it."""
    for store in (world.store, open_store(), open_store()):
        await store.guard.begin(now_ms=NOON_MS)
    async with world.store.read() as tx:
        noted = (await tx.execute(sa.select(deployment.c.deployment_id))).scalars().all()
    assert noted == [world.store.tombstones.deployment()]


async def test_an_older_version_is_taken_over(world: World) -> None:
    """People who were there before there were tombstones stay, and a file is begun."""
    world.store.tombstones.path.unlink()
    await world.person()
    await world.store.guard.begin(now_ms=NOON_MS)
    assert world.store.tombstones.deployment()


async def test_a_missing_file_beside_people_is_refused(world: World) -> None:
    """Without the file nobody knows who was erased: nothing starts, until the loss is accepted."""
    await world.store.guard.begin(now_ms=NOON_MS)
    known = world.store.tombstones.deployment()
    await world.person()
    world.store.tombstones.path.unlink()
    with pytest.raises(TombstonesMissing):
        await world.store.guard.begin(now_ms=NOON_MS)
    await world.store.guard.begin(now_ms=NOON_MS, accepts_loss=True)
    assert world.store.tombstones.deployment() == known


async def test_another_deployments_file_is_refused(world: World, tmp_path: Path) -> None:
    """Tombstones of somewhere else say nothing about who was erased here."""
    await world.store.guard.begin(now_ms=NOON_MS)
    other = Tombstones(tmp_path / "other")
    other.begin(lambda: secrets.token_bytes(16))
    shutil.copy(other.path, world.store.tombstones.path)
    with pytest.raises(TombstonesForeign):
        await world.store.guard.begin(now_ms=NOON_MS)


async def test_keys_beside_an_empty_database_are_refused(world: World) -> None:
    """A wrong path to the data must not lead to all keys being swept as nobody's."""
    await world.store.keyring.create([PersonId(b"a" * 16)], now_ms=NOON_MS)
    with pytest.raises(PeopleMissing):
        await world.store.guard.begin(now_ms=NOON_MS)


async def test_whoever_is_back_keeps_it_from_starting(world: World) -> None:
    """Rows or keys of erased people are told by number, and go when the tombstones are replayed."""
    row, key, both, stays = await world.people(4)
    world.store.tombstones.add([row.person_id, key.person_id, both.person_id])
    async with world.store.write() as tx:
        await tx.execute(people.delete().where(people.c.person_id == key.person_id))
    async with world.store.keyring.database.write() as tx:
        await tx.execute(person_keys.delete().where(person_keys.c.person_id == row.person_id))
    with pytest.raises(ErasedAreBack, match="people=2, keys=2"):
        await world.store.guard.require_nobody_back()
    assert await world.store.guard.replay(now_ms=NOON_MS) == 3
    await world.store.guard.require_nobody_back()
    assert await left_of(world.store, [row, key, both]) == {}
    assert await left_of(world.store, [stays]) == {"people": 1, "person_keys": 1}


async def test_replaying_a_receipt_of_old_marks_it_done(world: World) -> None:
    """Whoever had ordered it when the backup was made has a receipt that says done."""
    who = await world.person()
    number = await order(world.store, who)
    world.store.tombstones.add([who.person_id])
    await world.store.guard.replay(now_ms=NOON_MS)
    async with world.store.read() as tx:
        assert await world.store.receipts.find(tx, number) == ("erasure", True)


async def test_an_erasure_under_way_is_nobody_back(world: World) -> None:
    """A crash after the tombstone is no restored backup: the start goes on and ends it."""
    who = await world.person()
    async with world.store.write() as tx:
        await world.store.erasure.begin(tx, [who.person_id], now_ms=NOON_MS)
    await world.store.erasure.write_tombstones([who.person_id], NOON_MS)
    await world.store.guard.require_nobody_back()
    assert await world.store.guard.replay(now_ms=NOON_MS) == 0


@pytest.mark.parametrize("number", [0, 3])
async def test_lost_keys_are_counted_and_nobody_is_erased(world: World, number: int) -> None:
    """Whose key is missing without tombstone or erasure has lost it, and keeps everything else."""
    everybody = await world.people(5)
    lost = [who.person_id for who in everybody[:number]]
    async with world.store.keyring.database.write() as tx:
        await tx.execute(person_keys.delete().where(person_keys.c.person_id.in_(lost)))
    assert await world.store.guard.count_lost_keys() == number
    assert await world.store.erase_due(now_ms=NOON_MS) == 0
    assert tombs(world.store) == set()
    assert (await left_of(world.store, everybody))["people"] == 5


@ON_SQLITE
async def test_an_erased_person_has_not_lost_the_key(world: World) -> None:
    """A key that went with its person raises no alarm."""
    await world.person(erase_due_at_ms=LATER_MS)
    await world.store.erase_due(now_ms=LATER_MS)
    assert await world.store.guard.count_lost_keys() == 0
