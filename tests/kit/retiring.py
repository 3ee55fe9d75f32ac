"""The end of a Page's bot, ordered and waited for."""

import asyncio

from bot.clock import SystemClock
from storage import Store
from storage.retirements import Retirement
from tests.kit.deployment import PAGE, Deployment
from tests.kit.patience import PATIENCE_S


async def order(deployment: Deployment, page_id: str = PAGE) -> None:
    """Order the end of a Page's bot, as the command does."""
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    async with store.write() as tx:
        await store.retirements.order(tx, page_id, by="operator", now_ms=now_ms, due_at_ms=now_ms)


async def found(deployment: Deployment, page_id: str = PAGE) -> Retirement | None:
    """Return how far the end of a Page's bot is."""
    store = deployment.bot.store
    async with store.read() as tx:
        every = await store.retirements.list_all(tx)
    return next((one for one in every if one.page_id == page_id), None)


async def is_done(deployment: Deployment) -> bool:
    """Tell whether nothing of the Page is left; time goes on meanwhile."""
    deployment.clock.move(1)
    one = await found(deployment)
    return one is not None and one.done_at_ms is not None


async def retire(deployment: Deployment) -> Retirement:
    """Let a Page's bot end, to the very end."""
    await order(deployment)
    await deployment.until(lambda: is_done(deployment), timeout_s=PATIENCE_S)
    one = await found(deployment)
    assert one is not None
    return one


async def order_in(store: Store, page_id: str) -> None:
    """Order the end of a Page's bot where processes serve, by the time of day."""
    now_ms = SystemClock().now_ms()
    async with store.write() as tx:
        await store.retirements.order(tx, page_id, by="operator", now_ms=now_ms, due_at_ms=now_ms)


async def found_in(store: Store) -> Retirement:
    """Return how far the only end is that was ordered."""
    async with store.read() as tx:
        (one,) = await store.retirements.list_all(tx)
    return one


async def until_done(store: Store, *, timeout_s: float = PATIENCE_S) -> Retirement:
    """Wait until processes have brought the only end to its end."""
    async with asyncio.timeout(timeout_s):
        while (await found_in(store)).done_at_ms is None:  # noqa: ASYNC110 - others are at it
            await asyncio.sleep(0.1)
    return await found_in(store)
