"""How the list of a run is made, portion after portion, by whichever node."""

from tests.storage.make import World
from tests.storage.running import begin, scheduled


async def test_a_list_is_made_on_from_where_it_is(world: World) -> None:
    """A portion is made by one node only, and by none while its broadcast is paused."""
    number, runs = await scheduled(world), world.store.runs
    async with world.store.write() as tx:
        await begin(tx, world, number)
        (run,) = await runs.list_on(tx)
        assert await runs.advance(tx, run, after=None, to=b"1")
        assert not await runs.advance(tx, run, after=None, to=b"1")
        assert await runs.advance(tx, run, after=b"1", to=b"2")
        await world.store.broadcasts.move(tx, number, from_=("scheduled",), to="paused")
        assert not await runs.advance(tx, run, after=b"2", to=b"3")
