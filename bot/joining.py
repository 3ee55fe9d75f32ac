"""How a process takes its place among those that serve the same databases."""

from contextlib import AsyncExitStack

from bot.clock import Clock
from bot.jobs.clock_check import require_right_clock
from bot.logs import Action, action
from bot.turns.state import STATE_VERSION
from storage import Store
from storage.nodes import Node, join


async def take_place(store: Store, stack: AsyncExitStack, clock: Clock) -> Node:
    """Join those that serve the database, and make sure of its tables."""
    if store.is_shared:
        await store.prepare()  # it needs the tables to join
        await require_right_clock(store, clock)
    node = await join(
        store.main,
        now_ms=clock.now_ms(),
        epoch=store.keyring.held.newest,
        state_version=STATE_VERSION,
    )
    stack.push_async_callback(node.leave)
    if not store.is_shared:
        # Only now: nobody may change the tables under a process that works with them.
        for which in await store.prepare():
            action(Action.SCHEMA_UPGRADED, kind=which)
    await store.guard.begin(now_ms=clock.now_ms())
    await store.guard.require_nobody_back()
    await store.guard.require_secrets()
    return node
