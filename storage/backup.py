"""Back up both databases while they are in use, and bring a backup back while they are not.

The main database first, then the keys: a key that is too many leads to nobody, one that is missing
could not be made again. Whatever is brought back, the tombstones are replayed before anything is
served, so that nobody comes back who was erased since. Nor does what admins had begun: a session
that was ended, an act that was taken back, a code or a link that was used up.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from storage.admins import Admin
from storage.db import copies, schema
from storage.db.engine import Database
from storage.errors import CopyFailed, StillServed, TombstonesMissing
from storage.nodes import join, list_alive
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of bringing a backup back."""

    #: Erased people who were in it, and are erased once more.
    erased_again: int
    #: People whose keys are missing: the keys are older than the people.
    keys_lost: int
    #: Who is an admin in it: whoever was revoked since then is one again.
    admins: tuple[Admin, ...]


async def back_up(store: Store, folder: Path) -> list[Path]:
    """Copy both databases into sub-folders of `folder`; return the files, main first."""
    return [
        await copies.copy_out(store.main, "main", folder),
        await copies.copy_out(store.keyring.database, "keys", folder),
    ]


async def restore(
    store: Store, folder: Path | None, *, now_ms: int, accepts_loss: bool = False
) -> Restored:
    """Bring back what a folder holds, main database, keys or both, and replay the tombstones.

    Args:
        store: The databases that are replaced; nobody may serve them.
        folder: Where the backup is; without one, only the tombstones are replayed.
        now_ms: The present time.
        accepts_loss: Begin new tombstones where they are lost.

    Raises:
        StillServed: Other processes serve the database.
        TombstonesMissing: Without them erased people would come back.
    """
    if store.tombstones.deployment() is None and not accepts_loss:
        raise TombstonesMissing(file=store.tombstones.path.name)
    async with _unserved(store, now_ms):
        if folder is not None:
            await _bring_back(store, folder)
        for which, database in _both(store).items():
            await schema.upgrade(database, which)
        await store.guard.begin(now_ms=now_ms, accepts_loss=accepts_loss)
        erased = await store.guard.replay(now_ms=now_ms)
        await store.guard.require_secrets()
        async with store.write() as tx:
            await store.admins.end_begun(tx)
            admins = tuple(await store.admins.list_all(tx))
        return Restored(erased, await store.guard.count_lost_keys(), admins)


async def _bring_back(store: Store, folder: Path) -> None:
    found = {
        which: database
        for which, database in _both(store).items()
        if copies.has_copy(database, which, folder)
    }
    if not found:
        raise CopyFailed(folder=folder.name, cause="no backup of this kind of database")
    for which, database in found.items():
        await copies.copy_in(database, which, folder)


@asynccontextmanager
async def _unserved(store: Store, now_ms: int) -> AsyncIterator[None]:
    """Make sure that nobody serves the databases; on SQLite nobody can begin to, either."""
    if not store.main.is_sqlite and await schema.revision_of(store.main) is None:
        yield
        return
    node = await join(store.main, now_ms=now_ms)
    try:
        async with store.write() as tx:
            alive = await list_alive(store.main, tx, node)
        if len(alive) > 1:
            raise StillServed(processes=len(alive) - 1)
        yield
    finally:
        await node.leave()


def _both(store: Store) -> dict[schema.Which, Database]:
    return {"main": store.main, "keys": store.keyring.database}
