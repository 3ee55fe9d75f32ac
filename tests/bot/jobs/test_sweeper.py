"""The sweeper takes small bites, so that a process which has to end can."""

import secrets

from bot.clock import SystemClock
from bot.jobs.sweeper import MAX_BATCHES, Sweeper
from bot.metrics import Metrics
from storage.db.tables import people
from storage.vault.sealing import SealedBytes
from tests.bot.outbound.sending import PAGE, second_store
from tests.kit.deployment import Databases

_BATCH = 200


async def test_a_large_sweep_is_done_in_parts(databases: Databases) -> None:
    """However many are due, one call ends after some batches; the next goes on."""
    store = second_store(databases)
    await store.prepare()
    await store.guard.begin(now_ms=0)
    rows = [
        {
            "person_id": secrets.token_bytes(16),
            "page_id": PAGE.id,
            "lookup": secrets.token_bytes(32),
            "psid": SealedBytes(b"sealed"),
            "window_ends_at_ms": 0,
            "erase_due_at_ms": 0,
            "created_at_ms": 0,
        }
        for _ in range(MAX_BATCHES * _BATCH + 1)
    ]
    async with store.write() as tx:
        await tx.execute(people.insert(), rows)
    sweeper = Sweeper(store, SystemClock(), Metrics(), deliveries_ms=1)
    assert await sweeper.erase_due() == MAX_BATCHES * _BATCH
    assert await sweeper.erase_due() == 1
    assert await sweeper.erase_due() == 0
    await store.close()
