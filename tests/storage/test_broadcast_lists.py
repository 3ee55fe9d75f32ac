"""How the list of a run is made, portion after portion, by whichever node."""

from tests.storage.make import DAY_MS, NOON_MS, World
from tests.storage.test_broadcasts import scheduled


async def test_a_list_is_made_on_from_where_it_is(world: World) -> None:
    """A portion is made by one node only, and by none while its broadcast is paused."""
    number, runs = await scheduled(world), world.store.runs
    async with world.store.write() as tx:
        assert await runs.begin(
            tx,
            number,
            occurs_at_ms=NOON_MS,
            expires_at_ms=NOON_MS + DAY_MS,
            state="making",
            now_ms=NOON_MS,
        )
        (run,) = await runs.list_on(tx)
        assert await runs.advance(tx, run, after=None, to=b"1")
        assert not await runs.advance(tx, run, after=None, to=b"1")
        assert await runs.advance(tx, run, after=b"1", to=b"2")
        await world.store.broadcasts.move(tx, number, from_=("scheduled",), to="paused")
        assert not await runs.advance(tx, run, after=b"2", to=b"3")
