"""Makes valid people, events and messages, and puts them into a store."""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

import sqlalchemy as sa

from storage import (
    ClaimedMessage,
    Kind,
    KnownPerson,
    NewEvent,
    NewMessage,
    NewPerson,
    OutboxId,
    PersonId,
    Store,
)
from storage.db.tables import outbox, people
from storage.tellings import Recipient
from tests.kit.patience import PATIENCE_S

PAGE = "555000111"
OTHER_PAGE = "555000222"
NODE = "a-node"
#: Somebody else who gets everybody's data, and has an address to be told at.
EVERYBODYS = Recipient("Example Post", frozenset(), is_reachable=True)
#: Noon on some day; tests count from here.
NOON_MS = 1_790_942_400_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Known:
    """A person that was put into the store."""

    person_id: PersonId
    lookup: bytes
    key: bytes
    psid: str
    page_id: str


@dataclass(slots=True)
class World:
    """A store, and short ways to fill it and to look into it."""

    store: Store
    _numbers: "count[int]" = field(default_factory=count)

    async def person(
        self,
        *,
        page_id: str = PAGE,
        erase_due_at_ms: int = NOON_MS + 48 * HOUR_MS,
        created_at_ms: int = NOON_MS,
        psid: str | None = None,
    ) -> Known:
        """Put somebody new into the store."""
        psid = psid or str(7_000_000_000_000_000 + next(self._numbers))
        person_id = PersonId(secrets.token_bytes(16))
        keys = await self.store.keyring.create([person_id], now_ms=created_at_ms)
        lookup = self.store.keyring.lookup(page_id, psid)
        new = NewPerson(
            person_id=person_id,
            page_id=page_id,
            lookup=lookup,
            key=keys[person_id],
            psid=psid,
            window_ends_at_ms=NOON_MS + DAY_MS,
            erase_due_at_ms=erase_due_at_ms,
            created_at_ms=created_at_ms,
        )
        async with self.store.write() as tx:
            await self.store.people.add(tx, [new])
        return Known(person_id, lookup, keys[person_id], psid, page_id)

    async def people(self, number: int) -> list[Known]:
        """Put several new people into the store."""
        return [await self.person() for _ in range(number)]

    async def event(
        self,
        who: Known,
        body: bytes = b"hello",
        *,
        at_ms: int = NOON_MS,
        received_at_ms: int = NOON_MS,
    ) -> None:
        """Put an event into the inbox."""
        key = await self.store.inbox.event_key(at_ms, f"m_{next(self._numbers)}")
        async with self.store.write() as tx:
            new = NewEvent(key, who.person_id, at_ms, received_at_ms, body)
            await self.store.inbox.add(tx, [new])

    async def message(
        self,
        who: Known,
        body: bytes = b"an answer",
        *,
        kind: Kind = "answer",
        due_at_ms: int = NOON_MS,
        resends_left: int = 1,
    ) -> OutboxId:
        """Put a message into the outbox and return its id."""
        message = NewMessage(
            person_id=who.person_id,
            page_id=who.page_id,
            key=who.key,
            body=body,
            kind=kind,
            due_at_ms=due_at_ms,
            expires_at_ms=due_at_ms + DAY_MS,
            resends_left=resends_left,
        )
        async with self.store.write() as tx:
            await self.store.outbox.add(tx, [message])
            newest = sa.select(outbox.c.outbox_id).order_by(outbox.c.seq.desc()).limit(1)
            return OutboxId((await tx.execute(newest)).scalar_one())

    async def claim(
        self,
        *,
        node: str = NODE,
        pages: Sequence[str] = (PAGE, OTHER_PAGE),
        now_ms: int = NOON_MS,
        limit: int = 100,
    ) -> list[ClaimedMessage]:
        """Claim what may be sent now; everything must open."""
        async with self.store.write() as tx:
            claimed, broken = await self.store.outbox.claim(
                tx, node=node, pages=pages, now_ms=now_ms, limit=limit
            )
            more, also_broken = await self.store.outbox.claim_broadcasts(
                tx,
                node=node,
                room=dict.fromkeys(pages, limit),
                now_ms=now_ms,
                limit=limit,
                gaps_ms={},
            )
        assert broken == also_broken == {}
        return claimed + more

    async def claim_bodies(self, *, now_ms: int = NOON_MS) -> list[bytes]:
        """Claim what may be sent now, and return what it says."""
        return [message.body for message in await self.claim(now_ms=now_ms)]

    async def remove(self, ids: Iterable[OutboxId]) -> int:
        """Take messages out of the outbox, as an accepted call or an echo does."""
        async with self.store.write() as tx:
            return await self.store.outbox.remove(tx, list(ids))

    async def states(self) -> dict[bytes, str]:
        """Return the state of every message in the outbox."""
        async with self.store.read() as tx:
            rows = await tx.execute(sa.select(outbox.c.outbox_id, outbox.c.state))
            return {row.outbox_id: row.state for row in rows}

    async def claim_people(self, *, now_ms: int = NOON_MS, limit: int = 100) -> list[KnownPerson]:
        """Take the people whose events are due; everybody must be served."""
        async with self.store.write() as tx:
            claimed = await self.store.people.claim_with_events(tx, now_ms=now_ms, limit=limit)
        assert all(person.trouble is None for person in claimed)
        return claimed

    async def pending(self, *who: Known) -> list[bytes | None]:
        """Return what waits of these people, in the order it would be handled."""
        async with self.store.read() as tx:
            events = await self.store.inbox.list_pending(tx, [one.person_id for one in who])
        return [event.body for event in events]

    async def row_of(self, who: Known) -> "sa.Row[tuple[object, ...]]":
        """Return a person's row as it stands."""
        async with self.store.read() as tx:
            query = people.select().where(people.c.person_id == who.person_id)
            return (await tx.execute(query)).one()

    async def until_somebody_waits(self) -> None:
        """Wait until some transaction waits for another one's lock; PostgreSQL only."""
        waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with self.store.read() as tx:
                    if (await tx.execute(waiting)).scalar_one():
                        return
                await asyncio.sleep(0.01)
