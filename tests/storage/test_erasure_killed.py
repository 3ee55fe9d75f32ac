"""`kill -9` after each step of an erasure: whoever starts next ends it, on either database."""

import asyncio
import signal
import sys

import pytest

from storage.tellings import Who
from tests.kit.deployment import Databases
from tests.storage import raw_files
from tests.storage.conftest import OpenStore
from tests.storage.make import EVERYBODYS, NOON_MS, World
from tests.storage.test_erasure_sequence import STEPS, left_of, order, tombs

pytestmark = pytest.mark.long

#: To PostgreSQL a killed client is one that went; to SQLite it leaves a log to be recovered.
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.soak))


async def _die_after(databases: Databases, step: str) -> None:
    """Erase whoever ordered it in a process of its own, which is killed after a step."""
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storage.dying"),
        *(databases.url, databases.keys_url, str(databases.folder), step),
    )
    assert await dying.wait() == -signal.SIGKILL


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
    await _die_after(databases, step)
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


@pytest.mark.parametrize("databases", BOTH, indirect=True)
@pytest.mark.parametrize("step", STEPS)
async def test_killed_after_a_step_a_recipient_is_told_once(
    world: World, open_store: OpenStore, databases: Databases, step: str
) -> None:
    """Wherever it died, one telling is there in the end, and it says who it was."""
    gone = await world.person()
    await order(world.store, gone)
    await world.store.close()
    await _die_after(databases, step)
    after = open_store(recipients=[EVERYBODYS])
    await after.complete_erasures(now_ms=NOON_MS + 1)
    async with after.write() as tx:
        claims = [
            await after.tellings.claim(tx, now_ms=NOON_MS + 1, until_ms=NOON_MS + 2)
            for _ in range(2)
        ]
    assert claims[0] is not None
    assert claims[1] is None
    assert await after.tellings.open(claims[0]) == Who(gone.page_id, gone.psid)
