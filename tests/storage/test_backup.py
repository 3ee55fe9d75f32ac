"""A backup is made while everything runs; what comes back shows nobody who was erased since."""

import asyncio
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import AlreadyServed
from storage.backup import back_up, restore
from storage.db.tables import people, person_keys
from storage.errors import (
    CopyFailed,
    ErasedAreBack,
    StillServed,
    TombstonesForeign,
    TombstonesMissing,
)
from storage.nodes import join
from storage.people import psid_cell
from storage.vault.sealing import open_sealed
from tests.kit.deployment import Databases
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE, OpenStore
from tests.storage.make import HOUR_MS, NOON_MS, Known, World
from tests.storage.test_erasure_sequence import left_of, order

pytestmark = pytest.mark.usefixtures("postgres_tools")


@pytest.fixture
async def served(world: World) -> World:
    """Give a store that has been started once."""
    await world.store.guard.begin(now_ms=NOON_MS)
    return world


async def erase(world: World, who: Known) -> None:
    """Erase somebody who asked for it."""
    await order(world.store, who)
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1


async def readable(world: World, who: Known) -> bool:
    """Tell whether a person's id can be read from what is kept."""
    async with world.store.read() as tx:
        query = sa.select(people.c.psid).where(people.c.person_id == who.person_id)
        sealed = (await tx.execute(query)).scalar_one_or_none()
    keys = await world.store.keyring.find([who.person_id])
    if sealed is None or not keys:
        return False
    cell = psid_cell(who.person_id)
    return open_sealed(keys[who.person_id], sealed, cell).decode() == who.psid


async def test_a_backup_comes_back(served: World, open_store: OpenStore, tmp_path: Path) -> None:
    """What was there is there again, in both databases, and what came later is not."""
    who = await served.person()
    await back_up(served.store, tmp_path / "copy")
    later = await served.person()
    restored = await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    assert (restored.erased_again, restored.keys_lost) == (0, 0)
    again = World(open_store())
    assert await readable(again, who)
    assert await left_of(again.store, [later]) == {}


async def test_nothing_that_admins_had_begun_comes_back(served: World, tmp_path: Path) -> None:
    """A code, a page, a session, an act: each may have been used up or taken back since."""
    store, who, until_ms = served.store, await served.person(), NOON_MS + HOUR_MS
    async with store.write() as tx:
        admin = await store.admins.make(tx, who.person_id, "owner", now_ms=NOON_MS)
        code = await store.admins.invite(tx, "owner", now_ms=NOON_MS)
        await store.sign_ins.open_session(tx, who.person_id, now_ms=NOON_MS, ends_at_ms=until_ms)
        act = {"command": "x", "line": "/x", "digest": bytes(32), "expires_at_ms": until_ms}
        act_id = await store.pending_acts.ask(tx, who.person_id, who.key, **act)
        times = {"now_ms": NOON_MS, "expires_at_ms": until_ms}
        page = await store.links.make(tx, who.person_id, "enroll", **times)
        export = await store.links.make(tx, who.person_id, "export", **times)
    await back_up(store, tmp_path / "copy")
    restored = await restore(store, tmp_path / "copy", now_ms=NOON_MS)
    assert restored.admins == (admin,)
    async with store.write() as tx:
        assert await store.admins.spend_invite(tx, code, now_ms=NOON_MS) is None
        assert await store.sign_ins.session_end(tx, who.person_id, now_ms=NOON_MS) is None
        assert await store.pending_acts.find(tx, act_id, now_ms=NOON_MS) is None
        assert await store.links.look(tx, page, "enroll") is None
        assert await store.links.look(tx, export, "export") is not None


async def test_two_folders_for_two_places(served: World, tmp_path: Path) -> None:
    """Data and keys come apart, for their owner only, and nothing is ever overwritten."""
    made = await back_up(served.store, tmp_path / "copy")
    assert [path.parent.name for path in made] == ["main", "keys"]
    assert {path.stat().st_mode & 0o077 for path in made} == {0}
    assert sorted(path.name for path in (tmp_path / "copy").rglob("*.*")) == sorted(
        path.name for path in made
    )
    with pytest.raises(CopyFailed):
        await back_up(served.store, tmp_path / "copy")


async def test_nobody_erased_comes_back(
    served: World, open_store: OpenStore, tmp_path: Path
) -> None:
    """Who was erased after the backup is in it, and cannot be read once it is brought back."""
    gone, stays = await served.people(2)
    await served.message(gone)
    await back_up(served.store, tmp_path / "copy")
    await erase(served, gone)
    restored = await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    assert restored.erased_again == 1
    again = World(open_store())
    await again.store.guard.require_nobody_back()
    assert not await readable(again, gone)
    assert await left_of(again.store, [gone]) == {}
    assert await readable(again, stays)


@ON_SQLITE
async def test_files_put_back_by_hand_are_refused_until_replayed(
    served: World, open_store: OpenStore, databases: Databases, tmp_path: Path
) -> None:
    """Whoever copies a backup back without the command cannot serve it before the replay."""
    gone = await served.person()
    await served.store.main.truncate_log()
    await back_up(served.store, tmp_path / "copy")
    await erase(served, gone)
    await served.store.close()
    for which, name in (("main", "data/chatmagico.db"), ("keys", "keys/keys.db")):
        shutil.copy(tmp_path / "copy" / which / f"{which}.sqlite", databases.folder / name)
    again = World(open_store())
    assert await readable(again, gone)
    with pytest.raises(ErasedAreBack, match="people=1, keys=1"):
        await again.store.guard.require_nobody_back()
    assert (await restore(again.store, None, now_ms=NOON_MS)).erased_again == 1
    await again.store.guard.require_nobody_back()
    assert not await readable(again, gone)


async def test_older_keys_raise_an_alarm_and_erase_nobody(
    served: World, open_store: OpenStore, tmp_path: Path
) -> None:
    """Who is newer than the keys has lost theirs: that is told, and their rows stay."""
    before, gone = await served.people(2)
    await back_up(served.store, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "main")
    newer = await served.people(3)
    await erase(served, gone)
    restored = await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    assert (restored.erased_again, restored.keys_lost) == (1, 3)
    again = World(open_store())
    assert await again.store.guard.count_lost_keys() == 3
    await again.store.complete_erasures(now_ms=NOON_MS)
    assert (await left_of(again.store, newer))["people"] == 3
    assert await readable(again, before)
    assert await left_of(again.store, [gone]) == {}


async def test_a_backup_is_made_while_people_come(served: World, tmp_path: Path) -> None:
    """Writing goes on meanwhile, and everybody in the copy has a key in it."""
    stop = asyncio.Event()

    async def come() -> None:
        while not stop.is_set():
            await served.person()

    guests = [asyncio.create_task(come()) for _ in range(4)]
    while len(await _ids(served, people)) < 20:  # noqa: ASYNC110 - it is in a database, not an event
        await asyncio.sleep(0)
    before = len(await _ids(served, people))
    await back_up(served.store, tmp_path / "copy")
    stop.set()
    await asyncio.gather(*guests)
    assert len(await _ids(served, people)) > before
    await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    kept = await _ids(served, people)
    assert len(kept) >= before
    async with served.store.keyring.database.read() as tx:
        assert kept <= set((await tx.execute(sa.select(person_keys.c.person_id))).scalars())


async def _ids(world: World, table: sa.Table) -> set[bytes]:
    async with world.store.read() as tx:
        return set((await tx.execute(sa.select(table.c.person_id))).scalars())


async def test_nothing_comes_back_without_tombstones(served: World, tmp_path: Path) -> None:
    """Without the file nobody knows who may not come back, so nothing is replaced."""
    await back_up(served.store, tmp_path / "copy")
    later = await served.person()
    served.store.tombstones.path.unlink()
    with pytest.raises(TombstonesMissing):
        await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    assert await readable(served, later)
    await restore(served.store, tmp_path / "copy", now_ms=NOON_MS, accepts_loss=True)
    assert served.store.tombstones.deployment()


async def test_another_deployments_backup_is_told(served: World, tmp_path: Path) -> None:
    """Tombstones of another deployment are no guard for this one's backup."""
    await back_up(served.store, tmp_path / "copy")
    served.store.tombstones.path.unlink()
    served.store.tombstones.begin(lambda: b"x" * 16)
    with pytest.raises(TombstonesForeign):
        await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)


@ON_SQLITE
async def test_a_served_file_is_not_replaced(served: World, tmp_path: Path) -> None:
    """While a process serves the folder, nothing is brought back into it."""
    await back_up(served.store, tmp_path / "copy")
    node = await join(served.store.main, now_ms=NOON_MS)
    with pytest.raises(AlreadyServed):
        await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    await node.leave()
    await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)


@ON_POSTGRESQL
async def test_served_databases_are_not_replaced(
    served: World, open_store: OpenStore, tmp_path: Path
) -> None:
    """While any node lives, nothing is brought back; dead ones do not count."""
    await back_up(served.store, tmp_path / "copy")
    node = await join(open_store().main, now_ms=NOON_MS)
    with pytest.raises(StillServed, match="processes=1"):
        await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    await node.leave()
    await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)


@ON_SQLITE
async def test_a_damaged_copy_is_not_brought_back(served: World, tmp_path: Path) -> None:
    """A copy that SQLite cannot read leaves the database as it is."""
    who = await served.person()
    main, _ = await back_up(served.store, tmp_path / "copy")
    main.write_bytes(main.read_bytes()[:5000])
    with pytest.raises(CopyFailed):
        await restore(served.store, tmp_path / "copy", now_ms=NOON_MS)
    assert await readable(served, who)


async def test_a_folder_without_a_backup_is_told(served: World, tmp_path: Path) -> None:
    """Nothing is replaced by nothing."""
    with pytest.raises(CopyFailed, match="no backup of this kind"):
        await restore(served.store, tmp_path, now_ms=NOON_MS)
