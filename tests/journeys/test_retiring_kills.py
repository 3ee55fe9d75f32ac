"""`kill -9` while a Page's bot ends: it always ends with nobody, counted once, and nobody else."""

import asyncio
import random

import pytest
import sqlalchemy as sa

from bot.clock import SystemClock
from bot.settings import load_settings
from bot.simulator import Simulator
from bot.stores import open_store
from storage.db.tables import people
from tests.kit.deployment import PAGE, PAGES, Databases, messenger_for
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.process import TIRELESS_S, Process, write_config
from tests.kit.retiring import order_in, until_done
from tests.storage import raw_files

pytestmark = pytest.mark.long

_PEOPLE = 12
_KILLS = 4


@pytest.fixture(params=["databases", pytest.param("postgres_databases", marks=pytest.mark.soak)])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind; in the long runs only, where that is PostgreSQL."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


async def _come(simulator: Simulator, page_id: str) -> str:
    psid = simulator.add_person(page_id)
    await simulator.say(psid, "Hello")
    await simulator.wait_for(lambda thread: len(thread) > 1, psid, timeout_s=PATIENCE_S)
    return psid


async def test_it_ends_wherever_it_is_killed(either: Databases) -> None:
    """Everybody of the Page is gone and counted once; the other Page's person is untouched."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, port = random.Random(seed), free_port()
    async with messenger_for(port, SystemClock()) as simulator:
        simulator.postman.retry_delays_s = TIRELESS_S
        config = write_config(either, graph_url=simulator.graph_url, port=port)
        process, settings = Process(config), load_settings(config)
        await process.start()
        theirs = await asyncio.gather(*(_come(simulator, PAGE) for _ in range(_PEOPLE)))
        neighbour = await _come(simulator, PAGES[1].id)
        store = open_store(settings)
        await order_in(store, PAGE)
        for _ in range(_KILLS):
            await asyncio.sleep(chance.uniform(0.02, 1.5))
            await process.kill()
            await process.start()
        one = await until_done(store)
        assert one.people == _PEOPLE
        lookups = [store.keyring.lookup(PAGE, psid) for psid in theirs]
        async with store.read() as tx:
            left = list((await tx.execute(sa.select(people.c.lookup))).scalars())
        assert left == [store.keyring.lookup(PAGES[1].id, neighbour)]
        await store.close()
        assert await process.terminate() == 0
    if store.main.is_sqlite:
        assert raw_files.count(either.folder / "data", *lookups) == 0
    for path in raw_files.below(either.folder):
        assert not raw_files.found(path.read_bytes(), list(theirs)), path.name
