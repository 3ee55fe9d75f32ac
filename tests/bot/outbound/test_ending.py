"""A process that is asked to end does so, also while its database is away."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.clock import SystemClock
from bot.metrics import Metrics
from bot.outbound.broadcast_turn import BroadcastTurn
from bot.outbound.outcomes import Outcome, Outcomes
from bot.outbound.pacing import Pace
from bot.outbound.sender import Sender
from storage import ClaimedMessage, OutboxId, PersonId, Store
from storage.vault.secrets import FileSecrets
from tests.bot.outbound.sending import NODE, PAGE
from tests.kit.deployment import Databases
from tests.kit.ports import free_port

_SOON_S = 0.05


@asynccontextmanager
async def _away(databases: Databases, *, is_silent: bool) -> AsyncIterator[Store]:
    """Open a store whose database refuses every connection, or says nothing to it."""
    held = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1] if is_silent else free_port()
    keys = FileSecrets(databases.folder / "keys" / "keys.secret")
    keys.create()
    url = f"postgresql+asyncpg://nobody:@127.0.0.1:{port}/nowhere"
    tombstones = databases.folder / "keys" / "tombstones"
    store = Store(url, databases.keys_url, keys.load(), tombstones=tombstones)
    yield store
    await store.close()
    held.set()
    server.close()
    await server.wait_closed()


def _message() -> ClaimedMessage:
    return ClaimedMessage(
        outbox_id=OutboxId(secrets.token_bytes(16)),
        person_id=PersonId(secrets.token_bytes(16)),
        page_id=PAGE.id,
        psid="1",
        body=b"{}",
        kind="answer",
        attempts=1,
        expires_at_ms=1,
        window_ends_at_ms=1,
    )


def _outcomes(store: Store) -> Outcomes:
    return Outcomes(
        store, SystemClock(), Metrics(), node=NODE, wake_sender=lambda: None, grace_s=_SOON_S
    )


@pytest.mark.parametrize("is_silent", [False, True])
async def test_outcomes_that_can_not_be_written_are_left(
    databases: Databases, *, is_silent: bool
) -> None:
    """They are in doubt from the next start on; the process does not wait for its database."""
    async with _away(databases, is_silent=is_silent) as store:
        outcomes = _outcomes(store)
        outcomes.add(Outcome(_message()))
        task = asyncio.create_task(outcomes.run())
        await asyncio.sleep(0)
        outcomes.stop()
        async with asyncio.timeout(5):
            await task


@pytest.mark.parametrize("is_silent", [False, True])
async def test_a_claim_that_does_not_come_back_is_left(
    databases: Databases, *, is_silent: bool
) -> None:
    """A sender that waits for its database ends when it is asked to."""
    async with _away(databases, is_silent=is_silent) as store:
        clock = SystemClock()
        sender = Sender(
            store,
            clock,
            Pace(store, clock, per_s=280),
            _outcomes(store),
            BroadcastTurn(Pace(store, clock, per_s=35, of="broadcasts"), {}),
            bell=asyncio.Event(),
            node=NODE,
            messengers={},
            orders={},
            grace_s=_SOON_S,
        )
        task = asyncio.create_task(sender.run())
        await asyncio.sleep(0)
        sender.stop()
        async with asyncio.timeout(5):
            await task


async def test_who_is_asked_before_it_began_ends_too(databases: Databases) -> None:
    """It does not matter which comes first, the beginning or the end."""
    async with _away(databases, is_silent=False) as store:
        outcomes = _outcomes(store)
        outcomes.add(Outcome(_message()))
        outcomes.stop()
        async with asyncio.timeout(5):
            await outcomes.run()
