"""The probe of paused Pages."""

import asyncio

import aiohttp

from bot.clock import SystemClock
from bot.jobs.page_probe import PageProbe
from bot.outbound.graph import Graph, GraphAccess
from tests.bot.outbound.sending import PAGE, sending
from tests.kit.deployment import APP_SECRET, PAGES, Databases

OTHER = PAGES[1]


async def test_a_page_that_hangs_holds_up_no_other(databases: Databases) -> None:
    """Every paused Page is asked for itself, and resumed as soon as it answers."""
    is_over = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_over.wait()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    nowhere = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    async with sending(databases) as half, aiohttp.ClientSession() as session:
        async with half.store.write() as tx:
            for page in (PAGE, OTHER):
                await half.store.pages.pause(
                    tx, page.id, reason="code 190/0", now_ms=0, until_ms=None
                )
        access = {
            PAGE.id: GraphAccess(PAGE.id, nowhere, PAGE.access_token, APP_SECRET),
            OTHER.id: GraphAccess(
                OTHER.id, f"{half.simulator.graph_url}/v25.0", OTHER.access_token, APP_SECRET
            ),
        }
        graphs = {page_id: Graph(one, session) for page_id, one in access.items()}
        is_awake = asyncio.Event()
        probe = PageProbe(half.store, SystemClock(), graphs, wake_sender=is_awake.set)
        probing = asyncio.create_task(probe.resume_mended())
        async with asyncio.timeout(10):
            await is_awake.wait()
        async with half.store.read() as tx:
            paused = await half.store.pages.list_paused(tx, now_ms=0)
        assert [page.page_id for page in paused] == [PAGE.id]
        is_over.set()
        assert await probing == 1
    silent.close()
    await silent.wait_closed()
