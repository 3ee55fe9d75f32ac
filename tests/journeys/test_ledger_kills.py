"""`kill -9` at any moment: every consent on record is one line of the ledger, and it verifies."""

import asyncio
import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.simulator import Simulator
from storage import Store
from storage.db.ledger_tables import ledger_entries
from storage.db.tables import consents
from storage.ledger.audit import audit
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import PAGE, Databases, messenger_for
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config

pytestmark = pytest.mark.long

_PEOPLE = 6
_KILLS = 4


async def _stops(simulator: Simulator, psid: str, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await simulator.say(psid, "stop")


async def test_each_consent_is_one_line_whatever_dies(tmp_path: Path) -> None:
    """After kills at random times, as many lines as acts stand there, and none is at fault."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed of the kills: {seed}")
    chance, port, databases = random.Random(seed), free_port(), Databases.sqlite(tmp_path)
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        process = Process(write_config(databases, graph_url=simulator.graph_url, port=port))
        await process.start()
        stop = asyncio.Event()
        people = [simulator.add_person(PAGE) for _ in range(_PEOPLE)]
        tasks = [asyncio.create_task(_stops(simulator, psid, stop)) for psid in people]
        for _ in range(_KILLS):
            await asyncio.sleep(chance.uniform(0.1, 0.6))  # traffic flows meanwhile
            await process.kill()
            await process.start()
        stop.set()
        await asyncio.gather(*tasks)
        assert await process.terminate() == 0
    await _verify(databases)


async def _verify(databases: Databases) -> None:
    secrets = FileSecrets(databases.folder / "keys" / "keys.secret").load()
    tombstones = databases.folder / "keys" / "tombstones"
    store = Store(databases.url, databases.keys_url, secrets, tombstones=tombstones)
    file = databases.folder / "keys" / "checkpoints.log"
    try:
        keys = store.signing.key("ledger").public_keys
        async with store.read() as tx:
            found = await audit(tx, store.keyring, public_keys=keys, file=file)
            acts, lines = [
                (await tx.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
                for table in (consents, ledger_entries)
            ]
    finally:
        await store.close()
    assert found.faults == []
    assert lines == acts == found.openings > 0
