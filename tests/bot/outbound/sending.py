"""The sending half alone: a real outbox, a real sender, and a Messenger on this machine."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bot.clock import MovableClock
from bot.metrics import Metrics
from bot.outbound.broadcast_turn import BroadcastTurn
from bot.outbound.graph import Graph, GraphAccess, open_session
from bot.outbound.messenger import Messenger
from bot.outbound.outcomes import Outcomes
from bot.outbound.pacing import Pace
from bot.outbound.sender import Sender
from bot.simulator import Simulator
from storage import Kind, NewMessage, NewPerson, PersonId, Store
from storage.db.tables import outbox
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import APP_SECRET, PAGES, Databases, messenger_for
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port
from tests.kit.publishing import publish

PAGE = PAGES[0]
NODE = "a-node"
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody to write to."""

    person_id: PersonId
    key: bytes
    psid: str


@dataclass
class Sending:
    """A sender that can be started, and what lies before and behind it."""

    store: Store
    simulator: Simulator
    clock: MovableClock
    metrics: Metrics
    bell: asyncio.Event
    pace: Pace
    outcomes: Outcomes
    sender: Sender
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Send from now on."""
        self._tasks = [asyncio.create_task(part.run()) for part in (self.sender, self.outcomes)]

    async def stop(self) -> None:
        """Stop as the bot does, the sender first."""
        for part, task in zip((self.sender, self.outcomes), self._tasks, strict=False):
            part.stop()
            await task

    async def person(self) -> Receiver:
        """Let somebody be known to the bot and to Messenger, with an open window."""
        psid = self.simulator.add_person(PAGE.id)
        known = self.simulator.people.find(psid)
        assert known is not None
        now_ms = self.clock.now_ms()
        known.open_window(now_ms)
        who = PersonId(secrets.token_bytes(16))
        key = (await self.store.keyring.create([who], now_ms=now_ms))[who]
        new = NewPerson(
            person_id=who,
            page_id=PAGE.id,
            lookup=self.store.keyring.lookup(PAGE.id, psid),
            key=key,
            psid=psid,
            window_ends_at_ms=now_ms + _DAY_MS,
            erase_due_at_ms=now_ms + 2 * _DAY_MS,
            created_at_ms=now_ms,
        )
        async with self.store.write() as tx:
            await self.store.people.add(tx, [new])
        return Receiver(who, key, psid)

    async def queue(
        self,
        who: Receiver,
        text: str = "hello",
        *,
        kind: Kind = "answer",
        in_s: float = 0,
        purpose_id: str | None = None,
    ) -> None:
        """Put a message into the outbox, and wake the sender."""
        now_ms = self.clock.now_ms()
        message = NewMessage(
            person_id=who.person_id,
            page_id=PAGE.id,
            key=who.key,
            body=b'{"text":"%s"}' % text.encode(),
            kind=kind,
            due_at_ms=now_ms + round(in_s * 1000),
            expires_at_ms=now_ms + _DAY_MS,
            resends_left=1,
            purpose_id=purpose_id,
        )
        async with self.store.write() as tx:
            await self.store.outbox.add(tx, [message])
        self.bell.set()

    def move(self, seconds: float) -> None:
        """Move the clock, and let the sender look."""
        self.clock.move(seconds)
        self.bell.set()

    def texts(self) -> list[str]:
        """Return what Messenger took, in order."""
        return [sent.text for sent in self.simulator.received]

    async def rows(self) -> list[Any]:
        """Return what is in the outbox, in order."""
        async with self.store.read() as tx:
            return list(await tx.execute(sa.select(outbox).order_by(outbox.c.seq)))

    async def states(self) -> list[str]:
        """Return the state of everything in the outbox, in order."""
        return [row.state for row in await self.rows()]

    async def until_states(self, *states: str) -> None:
        """Wait until the outbox holds messages in exactly these states, in order."""
        await self.until(lambda rows: [row.state for row in rows] == list(states))

    async def until(self, holds: Callable[[list[Any]], bool]) -> None:
        """Wait until something holds of the rows of the outbox."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(await self.rows()):  # noqa: ASYNC110 - it is in a database, not an event
                await asyncio.sleep(0.01)


def second_store(databases: Databases) -> Store:
    """Open what another node has open."""
    secrets_of = FileSecrets(databases.folder / "keys" / "keys.secret")
    secrets_of.create()
    return Store(
        databases.url,
        databases.keys_url,
        secrets_of.load(),
        tombstones=databases.folder / "keys" / "tombstones",
    )


@asynccontextmanager
async def sending(
    databases: Databases,
    *,
    store_class: type[Store] = Store,
    per_s: int = 280,
    more_pages: Iterable[str] = (),
    gaps_ms: Mapping[str, int] | None = None,
) -> AsyncIterator[Sending]:
    """Wire the sending half; it sends once it is started."""
    secrets_of = FileSecrets(databases.folder / "keys" / "keys.secret")
    secrets_of.create()
    store = store_class(
        databases.url,
        databases.keys_url,
        secrets_of.load(),
        tombstones=databases.folder / "keys" / "tombstones",
    )
    clock, metrics, bell = MovableClock(), Metrics(), asyncio.Event()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        await store.prepare()
        await publish(store, "news")
        simulator = await stack.enter_async_context(messenger_for(free_port(), clock))
        session = await stack.enter_async_context(open_session())
        simulator.postman.retry_delays_s = ()
        access = GraphAccess(PAGE.id, f"{simulator.graph_url}/v25.0", PAGE.access_token, APP_SECRET)
        messenger = Messenger(Graph(access, session))
        pace = Pace(store, clock, per_s=per_s)
        outcomes = Outcomes(store, clock, metrics, node=NODE, wake_sender=bell.set)
        sender = Sender(
            store,
            clock,
            pace,
            outcomes,
            BroadcastTurn(Pace(store, clock, per_s=per_s, of="broadcasts"), gaps_ms or {}),
            bell=bell,
            node=NODE,
            messengers=dict.fromkeys((PAGE.id, *more_pages), messenger),
            orders={},
        )
        wired = Sending(store, simulator, clock, metrics, bell, pace, outcomes, sender)
        stack.push_async_callback(wired.stop)
        yield wired
