"""Before SQLite's tables are changed they are copied: the last copy stays, as backups do."""

import os
from pathlib import Path

import pytest

from bot.clock import SystemClock
from storage import Store
from storage.before_upgrade import copy_before_upgrade, delete_old_copies
from storage.db.engine import Database
from storage.db.schema import NEWEST, revision_of, upgrade
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases
from tests.kit.old_tables import OLD, make_old


@pytest.fixture
async def files(tmp_path: Path) -> Databases:
    """Two files, of which the keys' has its tables."""
    made = Databases.sqlite(tmp_path)
    FileSecrets(tmp_path / "keys" / "keys.secret").create()
    keys = Database(made.keys_url)
    await upgrade(keys, "keys")
    await keys.close()
    return made


async def store_of(databases: Databases) -> Store:
    """Open databases of which the main one has an older version's tables."""
    secrets = FileSecrets(databases.folder / "keys" / "keys.secret").load()
    await make_old(databases.url)
    tombstones = databases.folder / "keys" / "tombstones"
    return Store(databases.url, databases.keys_url, secrets, tombstones=tombstones)


def copies_of(databases: Databases) -> list[Path]:
    """Return the copies there are."""
    return sorted(databases.folder.rglob("*before-upgrade*"))


async def test_both_are_copied_before_either_is_changed(files: Databases) -> None:
    """Each beside its database, as it was, and closed to others; a second start copies nothing."""
    store = await store_of(files)
    assert await store.prepare() == ["main"]
    found = copies_of(files)
    assert [one.name for one in found] == [
        "chatmagico.db.before-upgrade",
        "keys.db.before-upgrade",
    ]
    assert {one.stat().st_mode & 0o777 for one in found} == {0o600}
    was = Database(f"sqlite+aiosqlite:///{found[0]}")
    assert await revision_of(was) == OLD
    await was.close()
    assert await revision_of(store.main) == NEWEST["main"]
    before = [one.stat().st_mtime_ns for one in copies_of(files)[:2]]
    assert await store.prepare() == []
    assert [one.stat().st_mtime_ns for one in copies_of(files)[:2]] == before
    await store.close()


async def test_only_the_last_copy_is_kept(files: Databases) -> None:
    """The next upgrade's copy takes the place of the one before."""
    for _ in range(2):
        store = await store_of(files)
        await store.prepare()
        await store.close()
        for log in files.folder.rglob("*.before-upgrade-*"):
            log.unlink()
    assert len(copies_of(files)) == 2


async def test_new_databases_have_nothing_to_copy(tmp_path: Path) -> None:
    """Where there are no tables yet, there is no copy."""
    both = [Database(f"sqlite+aiosqlite:///{tmp_path}/{name}.db") for name in ("main", "keys")]
    assert await copy_before_upgrade(*both) == []
    await upgrade(both[0], "main")
    assert await copy_before_upgrade(*both) == []
    for one in both:
        await one.close()


async def test_copies_go_when_backups_do(files: Databases) -> None:
    """They hold what a backup holds, so they stay no longer."""
    store = await store_of(files)
    await store.prepare()
    now_ms = SystemClock().now_ms()
    both = (store.main, store.keyring.database)
    assert delete_old_copies(*both, before_ms=now_ms - 60_000) == 0
    old_s = now_ms / 1000 - 120
    for copy in copies_of(files):
        os.utime(copy, (old_s, old_s))
    assert delete_old_copies(*both, before_ms=now_ms - 60_000) == 2
    assert copies_of(files) == []
    await store.close()
