"""`kill -9` after each step of an erasure: whoever starts next ends it, on either database."""

import asyncio
import signal
import sys

import pytest

from tests.kit.deployment import Databases
from tests.storage import raw_files
from tests.storage.conftest import OpenStore
from tests.storage.make import NOON_MS, World
from tests.storage.test_erasure_sequence import STEPS, left_of, order, tombs

#: To PostgreSQL a killed client is one that went; to SQLite it leaves a log to be recovered.
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.soak))


@pytest.mark.parametrize("databases", BOTH, indirect=True)
@pytest.mark.parametrize("step", STEPS)
async def test_killed_after_a_step_it_converges(
    world: World, open_store: OpenStore, databases: Databases, step: str
) -> None:
    """One restart is enough: nothing left, one tombstone, the receipt done, others whole."""
    gone, stays = await world.person(), await world.person()
    await world.event(gone)
    number = await order(world.store, gone)
    await world.store.close()
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storage.dying"),
        *(databases.url, databases.keys_url, str(databases.folder), step),
    )
    assert await dying.wait() == -signal.SIGKILL
    after = open_store()
    await after.guard.require_nobody_back()
    assert await after.complete_erasures(now_ms=NOON_MS + 1) == (step not in ("rows", "disk"))
    await after.scrub()
    assert await left_of(after, [gone]) == {}
    assert await left_of(after, [stays]) == {"people": 1, "person_keys": 1}
    assert tombs(after) == {gone.person_id}
    async with after.read() as tx:
        assert await after.receipts.find(tx, number) == ("erasure", True)
    if after.main.is_sqlite:
        assert raw_files.count(databases.folder / "data", gone.lookup) == 0
