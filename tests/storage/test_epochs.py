"""Epochs: every key gets under the new one while traffic runs, and the old secret goes."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import KeysUnusable, PersonId, Store
from storage.backup import back_up, restore
from storage.db.erasure_tables import epochs
from storage.db.node_tables import nodes
from storage.db.tables import day_keys, person_keys
from storage.errors import EpochGone, EpochInUse
from storage.nodes import join
from storage.rotation import destroy_old, go_on
from storage.vault.sealing import SealedBytes
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE, OpenStore
from tests.storage.make import DAY_MS, NOON_MS, World
from tests.storage.test_backup import readable

pytestmark = pytest.mark.usefixtures("postgres_tools")

BACKUP_DAYS = 30


@pytest.fixture
def provider(databases: Databases) -> FileSecrets:
    """Give the files of this test's secrets."""
    return FileSecrets(databases.folder / "secrets" / "keys.secret")


async def epochs_of(store: Store) -> dict[str, set[int]]:
    """Return under which epochs there are keys."""
    found = {}
    async with store.keyring.database.read() as tx:
        for table in (person_keys, day_keys):
            found[table.name] = set((await tx.execute(sa.select(table.c.epoch))).scalars())
    return found


async def rotated(store: Store, provider: FileSecrets, *, now_ms: int = NOON_MS) -> None:
    """Rotate from the beginning to the end."""
    provider.create_next()
    progress = await go_on(store, now_ms=now_ms)
    assert progress.is_done


async def test_every_key_comes_along(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """People's and days' keys are wrapped under the new epoch, and open the same as before."""
    everybody = await world.people(250)
    day = await world.store.keyring.day_key(20_000, "event")
    await rotated(world.store, provider)
    assert await epochs_of(world.store) == {"person_keys": {2}, "day_keys": {2}}
    again = World(open_store())
    keys = await again.store.keyring.find([who.person_id for who in everybody])
    assert keys == {who.person_id: who.key for who in everybody}
    assert await again.store.keyring.day_key(20_000, "event") == day


async def test_new_keys_wait_for_the_active_epoch(world: World, provider: FileSecrets) -> None:
    """A new secret beside the others wraps nothing before it is made the active one."""
    await world.person()
    provider.create_next()
    world.store.keyring.held.refresh()
    await world.person()
    assert (await epochs_of(world.store))["person_keys"] == {1}
    await world.store.keyring.epochs.activate(2, now_ms=NOON_MS)
    await world.person()
    assert (await epochs_of(world.store))["person_keys"] == {1, 2}


async def test_a_node_meets_an_epoch_it_does_not_know(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """Whoever reads a key under a new epoch reads the secrets again, and goes on."""
    other = World(open_store())
    who = await world.person()
    await rotated(world.store, provider)
    assert other.store.keyring.held.newest == 1
    assert await readable(other, who)
    assert await readable(world, await other.person(psid="8000000000000001"))
    assert await epochs_of(world.store) == {"person_keys": {2}, "day_keys": set()}


@ON_POSTGRESQL
async def test_nothing_is_wrapped_before_every_node_knows(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """While a node that lives has not read the new secret, the old epoch stays active."""
    node = await join(open_store().main, now_ms=NOON_MS, epoch=1)
    dead = await join(open_store().main, now_ms=NOON_MS, epoch=1)
    await dead.leave()
    await world.person()
    provider.create_next()
    progress = await go_on(world.store, now_ms=NOON_MS)
    assert (progress.waiting_for, progress.is_done) == (1, False)
    await world.person()
    assert (await epochs_of(world.store))["person_keys"] == {1}
    await node.note_epoch(2)
    assert (await go_on(world.store, now_ms=NOON_MS)).is_done
    assert (await epochs_of(world.store))["person_keys"] == {2}
    async with world.store.read() as tx:
        assert 2 in set((await tx.execute(sa.select(nodes.c.epoch))).scalars())
    await node.leave()


async def test_a_rotation_goes_on_where_it_stopped(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """Broken off anywhere and begun again, by another process too, it ends with nothing left."""
    everybody = await world.people(350)
    provider.create_next()
    for rounds in range(8):
        work = asyncio.create_task(go_on(open_store(), now_ms=NOON_MS))
        for _ in range(rounds * 3):
            await asyncio.sleep(0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert (await go_on(world.store, now_ms=NOON_MS)).is_done
    assert (await epochs_of(world.store))["person_keys"] == {2}
    assert all([await readable(world, who) for who in everybody])


async def test_it_rotates_while_people_come_and_go(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """Keys that are made or destroyed meanwhile are neither lost nor brought back."""
    nodes_ = [World(open_store()) for _ in range(2)]
    gone = await world.people(150)
    stays = await world.people(150)
    provider.create_next()
    stop = asyncio.Event()
    made = []

    async def come(node: World, first: int) -> None:
        while not stop.is_set():
            made.append(await node.person(psid=str(first + len(made))))

    guests = [asyncio.create_task(come(node, 10 ** (15 + at))) for at, node in enumerate(nodes_)]
    await asyncio.gather(
        go_on(world.store, now_ms=NOON_MS),
        *(nodes_[0].store.keyring.destroy([who.person_id]) for who in gone),
    )
    stop.set()
    await asyncio.gather(*guests)
    assert (await go_on(world.store, now_ms=NOON_MS)).is_done
    fresh = World(open_store())
    assert all([await readable(fresh, who) for who in [*stays, *made]])
    assert await fresh.store.keyring.find([who.person_id for who in gone]) == {}


async def test_the_old_secret_goes_after_the_backups_time(
    world: World, open_store: OpenStore, provider: FileSecrets
) -> None:
    """Not a day sooner; then the file is gone, and everybody can still be read."""
    who = await world.person()
    await rotated(world.store, provider)
    for days, gone in [(0, []), (BACKUP_DAYS - 1, []), (BACKUP_DAYS, [1]), (BACKUP_DAYS, [])]:
        now_ms = NOON_MS + days * DAY_MS
        done = await destroy_old(world.store, provider, now_ms=now_ms, backup_days=BACKUP_DAYS)
        assert done == gone
    assert list(provider.load().epochs) == [2]
    assert world.store.keyring.held.known == [2]
    assert await readable(World(open_store()), who)


async def test_a_secret_that_is_needed_stays(world: World, provider: FileSecrets) -> None:
    """While a single key is wrapped under the old epoch, its secret is not destroyed."""
    damaged, who = await world.people(2)
    async with world.store.keyring.database.write() as tx:
        mine = person_keys.update().where(person_keys.c.person_id == damaged.person_id)
        await tx.execute(mine.values(wrapped=SealedBytes(b"\1" * 105)))
    provider.create_next()
    progress = await go_on(world.store, now_ms=NOON_MS)
    assert (progress.keys, progress.left) == (1, 1)
    later_ms = NOON_MS + 99 * DAY_MS
    assert await destroy_old(world.store, provider, now_ms=later_ms, backup_days=1) == []
    async with world.store.keyring.database.write() as tx:
        await tx.execute(epochs.update().where(epochs.c.epoch == 1).values(retired_at_ms=0))
    with pytest.raises(EpochInUse, match="keys=1"):
        await destroy_old(world.store, provider, now_ms=later_ms, backup_days=1)
    assert sorted(provider.load().epochs) == [1, 2]
    assert await readable(world, who)


async def test_a_crash_between_mark_and_file_is_mended(world: World, provider: FileSecrets) -> None:
    """Where only the mark was written, or another machine has the file, it goes the next time."""
    await world.person()
    await rotated(world.store, provider)
    later_ms = NOON_MS + BACKUP_DAYS * DAY_MS
    marked = await world.store.keyring.epochs.give_up_old(now_ms=later_ms, backup_days=BACKUP_DAYS)
    assert marked == [1]
    assert sorted(provider.load().epochs) == [1, 2]
    gone = await destroy_old(world.store, provider, now_ms=later_ms, backup_days=BACKUP_DAYS)
    assert gone == [1]


async def test_every_machine_destroys_its_own_file(
    world: World, open_store: OpenStore, provider: FileSecrets, tmp_path: Path
) -> None:
    """Where nodes have files of their own, each removes its one, also long after the first did."""
    other = FileSecrets(tmp_path / "elsewhere" / "keys.secret")
    who = await world.person()
    await rotated(world.store, provider)
    other.write(provider.load())
    for days, machine in [(BACKUP_DAYS, provider), (BACKUP_DAYS + 300, other)]:
        now_ms = NOON_MS + days * DAY_MS
        assert sorted(machine.load().epochs) == [1, 2]
        gone = await destroy_old(open_store(), machine, now_ms=now_ms, backup_days=BACKUP_DAYS)
        assert (gone, sorted(machine.load().epochs)) == ([1], [2])
    assert await readable(World(open_store()), who)


async def test_old_backups_go_dark(
    world: World, provider: FileSecrets, open_store: OpenStore, tmp_path: Path
) -> None:
    """Once its epoch is destroyed, a backup opens nobody, and cannot be served unnoticed."""
    await world.store.guard.begin(now_ms=NOON_MS)
    who = await world.person()
    await back_up(world.store, tmp_path / "copy")
    await rotated(world.store, provider)
    later_ms = NOON_MS + BACKUP_DAYS * DAY_MS
    await destroy_old(world.store, provider, now_ms=later_ms, backup_days=BACKUP_DAYS)
    with pytest.raises(EpochGone, match="epoch=1"):
        await restore(world.store, tmp_path / "copy", now_ms=later_ms)
    with pytest.raises(KeysUnusable, match="missing_epoch=1"):
        await open_store().keyring.find([who.person_id])


async def test_a_younger_backup_comes_back_and_is_rotated_again(
    world: World, provider: FileSecrets, open_store: OpenStore, tmp_path: Path
) -> None:
    """A backup from before the rotation opens while its epoch exists, and is taken along."""
    await world.store.guard.begin(now_ms=NOON_MS)
    who = await world.person()
    await back_up(world.store, tmp_path / "copy")
    await rotated(world.store, provider)
    await restore(world.store, tmp_path / "copy", now_ms=NOON_MS)
    again = World(open_store())
    assert await readable(again, who)
    assert (await go_on(again.store, now_ms=NOON_MS)).is_done
    assert (await epochs_of(again.store))["person_keys"] == {2}


@ON_SQLITE
async def test_the_old_wrapping_is_off_the_disk(
    world: World, provider: FileSecrets, databases: Databases
) -> None:
    """After a rotation the keys database holds nothing that the old secret opens."""
    who = await world.person()
    async with world.store.keyring.database.read() as tx:
        wrapped = (await tx.execute(sa.select(person_keys.c.wrapped))).scalar_one()
    await rotated(world.store, provider)
    files = [path for path in (databases.folder / "keys").rglob("*") if path.is_file()]
    assert files
    assert not any(bytes(wrapped) in path.read_bytes() for path in files)
    assert await readable(world, who)


async def test_people_of_an_unknown_epoch_are_not_guessed(world: World) -> None:
    """A row that names an epoch nobody has raises an error with its number."""
    await world.store.keyring.create([PersonId(b"a" * 16)], now_ms=NOON_MS)
    async with world.store.keyring.database.write() as tx:
        await tx.execute(person_keys.update().values(epoch=9))
    with pytest.raises(EpochGone, match="epoch=9"):
        await world.store.guard.require_secrets()
