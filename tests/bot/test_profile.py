"""A Page's profile and Messenger's ten calls in ten minutes."""

from collections.abc import AsyncIterator

import pytest

from bot.clock import MovableClock
from bot.outbound.errors import Throttled
from bot.outbound.graph import Graph, open_session
from bot.outbound.lines import graphs
from bot.outbound.profile import REST_S, PageProfile, difference, to_meta
from bot.simulator import Simulator
from bot.site import sites
from flows import profile
from flows.profile import Profile
from tests.kit.deployment import (
    APP_ID,
    APP_SECRET,
    PAGE,
    PAGES,
    VERIFY_TOKEN,
    Databases,
    make_settings,
)


@pytest.fixture
async def clock() -> MovableClock:
    """The Messenger's clock."""
    return MovableClock()


@pytest.fixture
async def simulator(clock: MovableClock) -> AsyncIterator[Simulator]:
    """A Messenger."""
    running = Simulator(
        clock,
        pages=PAGES,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        webhook_url="http://127.0.0.1:1/webhook",
    )
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def wanted(databases: Databases) -> Profile:
    """What the flows say for the first Page."""
    settings = make_settings(databases, graph_url="http://127.0.0.1:1", port=0)
    return profile(sites(settings)[PAGE])


@pytest.fixture
async def graph(simulator: Simulator, databases: Databases) -> AsyncIterator[Graph]:
    """The first Page's line."""
    settings = make_settings(databases, graph_url=simulator.graph_url, port=0)
    async with open_session() as session:
        yield graphs(settings, session)[PAGE]


async def test_rests_where_messenger_takes_no_more(
    graph: Graph, wanted: Profile, simulator: Simulator, clock: MovableClock
) -> None:
    """With its calls used up it waits out the ten minutes once, then goes on."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        clock.move(seconds)

    page = PageProfile(graph, rest=rest)
    for _ in range(9):
        await page.compare(wanted)
    await page.apply(await page.compare(wanted))
    assert rests == [REST_S]
    assert simulator.pages[PAGE].profile.everything() == to_meta(wanted)


async def test_does_not_wait_for_ever(graph: Graph, wanted: Profile) -> None:
    """Where the rest did not help, it fails and says why."""
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    page = PageProfile(graph, rest=rest)
    for _ in range(10):
        await page.compare(wanted)
    with pytest.raises(Throttled):
        await page.compare(wanted)
    assert rests == [REST_S]


async def test_deletes_what_is_not_wanted(
    graph: Graph, wanted: Profile, simulator: Simulator
) -> None:
    """A property that became empty is deleted; properties that are not ours are left alone."""

    async def never(_seconds: float) -> None:
        raise AssertionError

    page = PageProfile(graph, rest=never)
    await page.apply(await page.compare(wanted))
    there = to_meta(wanted)
    bare = {name: value for name, value in there.items() if name != "commands"}
    change = difference({**there, "whitelisted_domains": ["x"]}, bare)
    assert (change.written, change.deleted) == ({}, ("commands",))
    await page.apply(change)
    assert simulator.pages[PAGE].profile.everything() == bare
