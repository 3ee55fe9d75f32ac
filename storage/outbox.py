"""Messages that wait to be sent, and the claim that makes sure of who may send them.

    pending --claim--> begun --accepted--> (gone)
                         |--nothing heard--> in_doubt --echo--> (gone)
                         |                      `--no echo in time--> pending once more, or gone
                         `--refused for now--> pending, due later

A claim is committed before the call to Messenger begins, and no transaction is open during it. One
unique index allows one `begun` message per person: that is what keeps a person's messages in order.
A message that has left is deleted: nothing that was said is kept.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcasts.frequency import Frequency
from storage.db.tables import deliveries, outbox
from storage.keyring import Keyring
from storage.outbox_claims import Claims
from storage.outbox_rows import row_of
from storage.records import Backlog, Kind, NewMessage, OutboxId, PersonId


@dataclass(frozen=True, slots=True)
class Settled:
    """What messages that arrived have settled: requests, looks, notices, deliveries."""

    cases: list[bytes] = field(default_factory=list)
    looks: list[bytes] = field(default_factory=list)
    notices: list[bytes] = field(default_factory=list)
    deliveries: list[bytes] = field(default_factory=list)


class Outbox(Claims):
    """Takes messages in, hands each to one sender, and knows what became of it."""

    def __init__(self, keyring: Keyring, frequency: Frequency) -> None:
        super().__init__(keyring, frequency)
        self._add = outbox.insert()
        self._unsent = sa.select(outbox.c.person_id).where(
            outbox.c.person_id.in_(sa.bindparam("people", expanding=True)),
            outbox.c.state == "pending",
            outbox.c.kind == "answer",
        )
        self._due = (
            sa.select(outbox.c.seq)
            .where(outbox.c.person_id.in_(sa.bindparam("people", expanding=True)))
            .where(outbox.c.state == "pending", outbox.c.due_at_ms <= sa.bindparam("now_ms"))
            .limit(1)
        )
        self._remove = outbox.delete().where(
            outbox.c.outbox_id.in_(sa.bindparam("ids", expanding=True))
        )
        self._settle = self._remove.returning(
            *(outbox.c.case_id, outbox.c.access_id, outbox.c.notice_id),
            *(outbox.c.delivery_id, outbox.c.counts),
        )

    async def add(self, tx: AsyncConnection, messages: Sequence[NewMessage]) -> None:
        """Queue messages; each person's leave in this order."""
        if messages:
            await tx.execute(self._add, [row_of(message) for message in messages])

    async def remove(self, tx: AsyncConnection, ids: Sequence[OutboxId]) -> int:
        """Delete messages whose fate is known; return how many were still there."""
        if not ids:
            return 0
        return (await tx.execute(self._remove, {"ids": ids})).rowcount

    async def settle(self, tx: AsyncConnection, ids: Sequence[OutboxId]) -> Settled:
        """Delete messages that arrived; return what came of that."""
        if not ids:
            return Settled()
        rows = (await tx.execute(self._settle, {"ids": ids})).all()
        return Settled(
            cases=[row.case_id for row in rows if row.case_id],
            looks=[row.access_id for row in rows if row.access_id],
            notices=[row.notice_id for row in rows if row.notice_id],
            deliveries=[row.delivery_id for row in rows if row.counts],
        )

    async def list_deliveries(self, tx: AsyncConnection, ids: Collection[OutboxId]) -> list[bytes]:
        """Return the deliveries that count by these messages."""
        counting = outbox.c.outbox_id.in_(ids) & outbox.c.counts
        return list((await tx.execute(sa.select(outbox.c.delivery_id).where(counting))).scalars())

    async def give_back(self, tx: AsyncConnection, ids: Collection[OutboxId], *, node: str) -> None:
        """Return messages that a node claimed and whose call was never begun."""
        await tx.execute(
            outbox.update()
            .where(outbox.c.outbox_id.in_(ids), _begun_by(node))
            .values(state="pending", owner=None, attempts=outbox.c.attempts - 1)
        )

    async def hold(
        self,
        tx: AsyncConnection,
        ids: Collection[OutboxId],
        *,
        node: str,
        due_at_ms: int,
        now_ms: int,
    ) -> list[bytes]:
        """Try messages later that could not be opened, for as long as they are of use.

        Returns:
            The deliveries that end here, because the message they count by is of no use any more.
        """
        mine = outbox.c.outbox_id.in_(ids) & _begun_by(node)
        over = outbox.delete().where(mine, outbox.c.expires_at_ms <= now_ms)
        gone = (await tx.execute(over.returning(outbox.c.delivery_id, outbox.c.counts))).all()
        await tx.execute(outbox.update().where(mine).values(due_at_ms=due_at_ms))
        await self.give_back(tx, ids, node=node)
        return [row.delivery_id for row in gone if row.counts]

    async def try_again(
        self,
        tx: AsyncConnection,
        message: OutboxId,
        *,
        node: str,
        due_at_ms: int,
        adds_to: Literal["refusals", "pauses"] | None = None,
    ) -> None:
        """Send a message later that Messenger surely did not deliver.

        Args:
            tx: The transaction.
            message: Which one.
            node: Who has begun it.
            due_at_ms: From when on.
            adds_to: What is counted of it; None where the message is not at fault.
        """
        counted = {} if adds_to is None else {adds_to: outbox.c[adds_to] + 1}
        await tx.execute(
            outbox.update()
            .where(outbox.c.outbox_id == message, _begun_by(node))
            .values(state="pending", owner=None, due_at_ms=due_at_ms, **counted)
        )

    async def doubt(
        self, tx: AsyncConnection, ids: Sequence[OutboxId], *, node: str, decide_at_ms: int
    ) -> int:
        """Wait for the echo of messages that may or may not have been delivered."""
        mine = outbox.c.outbox_id.in_(ids) & _begun_by(node)
        return await self._doubt(tx, mine, decide_at_ms)

    async def doubt_all_of(
        self, tx: AsyncConnection, dead: Iterable[str], *, decide_at_ms: Mapping[Kind, int]
    ) -> int:
        """Doubt what nodes had begun that live no more; it may have left, so it is not pending."""
        return await self._doubt(tx, outbox.c.owner.in_(list(dead)), _by_kind(decide_at_ms))

    async def doubt_forgotten(
        self,
        tx: AsyncConnection,
        *,
        node: str,
        known: Collection[OutboxId],
        begun_before_ms: int,
        decide_at_ms: Mapping[Kind, int],
    ) -> int:
        """Doubt what a living node has begun and knows nothing of: nobody else would end it."""
        forgotten = (
            _begun_by(node)
            & (outbox.c.begun_at_ms < begun_before_ms)
            & outbox.c.outbox_id.not_in(known)
        )
        return await self._doubt(tx, forgotten, _by_kind(decide_at_ms))

    async def is_doubt_over(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether an echo has been waited for long enough."""
        query = sa.select(outbox.c.seq).where(_over(now_ms)).limit(1)
        return (await tx.execute(query)).first() is not None

    async def decide(self, tx: AsyncConnection, *, now_ms: int) -> tuple[int, int, list[bytes]]:
        """End doubts whose time is over.

        Returns:
            How many are sent again, how many never, and the deliveries that therefore end.
        """
        over = _over(now_ms)
        again = await tx.execute(
            outbox.update()
            .where(over, outbox.c.resends_left > 0)
            .values(state="pending", resends_left=outbox.c.resends_left - 1, due_at_ms=now_ms)
        )
        gone = outbox.delete().where(over).returning(outbox.c.delivery_id, outbox.c.counts)
        never = (await tx.execute(gone)).all()
        return again.rowcount, len(never), [row.delivery_id for row in never if row.counts]

    async def drop_pending(self, tx: AsyncConnection, run_id: bytes, *, limit: int) -> list[bytes]:
        """Delete what waits of a run; return the deliveries that counted by it."""
        of_run = sa.select(deliveries.c.delivery_id).where(
            deliveries.c.run_id == run_id, deliveries.c.outcome == "queued"
        )
        some = sa.select(outbox.c.outbox_id).where(
            outbox.c.state == "pending", outbox.c.delivery_id.in_(of_run)
        )
        gone = outbox.delete().where(outbox.c.outbox_id.in_(some.limit(limit)))
        rows = await tx.execute(gone.returning(outbox.c.delivery_id, outbox.c.counts))
        return [row.delivery_id for row in rows if row.counts]

    async def list_unsent(self, tx: AsyncConnection, people: Iterable[PersonId]) -> set[PersonId]:
        """Return those of `people` for whom an answer has not begun to leave yet."""
        return set((await tx.execute(self._unsent, {"people": list(people)})).scalars())

    async def has_due(
        self, tx: AsyncConnection, people: Collection[PersonId], *, now_ms: int
    ) -> bool:
        """Tell whether something waits for one of these people that may leave now."""
        asked = {"people": list(people), "now_ms": now_ms}
        return (await tx.execute(self._due, asked)).first() is not None

    async def backlog(self, tx: AsyncConnection) -> Backlog:
        """Return how much waits to be sent."""
        query = sa.select(sa.func.count(), sa.func.min(outbox.c.due_at_ms))
        row = (await tx.execute(query.where(outbox.c.state == "pending"))).one()
        return Backlog(row[0], row[1])

    async def count_in_doubt(self, tx: AsyncConnection) -> int:
        """Count the messages of which nobody knows whether they arrived."""
        query = sa.select(sa.func.count()).where(outbox.c.state == "in_doubt")
        return int((await tx.execute(query)).scalar_one())

    async def list_owners(self, tx: AsyncConnection) -> set[str]:
        """Return the nodes that have begun a message and not said how it ended."""
        query = sa.select(outbox.c.owner).where(outbox.c.state == "begun").distinct()
        return set((await tx.execute(query)).scalars())

    async def _doubt(self, tx: AsyncConnection, whose: Any, decide_at_ms: Any) -> int:
        done = await tx.execute(
            outbox.update()
            .where(outbox.c.state == "begun", whose)
            .values(state="in_doubt", owner=None, decide_at_ms=decide_at_ms)
        )
        return done.rowcount


def _over(now_ms: int) -> sa.ColumnElement[bool]:
    return (outbox.c.state == "in_doubt") & (outbox.c.decide_at_ms <= now_ms)


def _begun_by(node: str) -> sa.ColumnElement[bool]:
    """Match what this node, and no other since, has begun: a late word of a dead one is void."""
    return (outbox.c.state == "begun") & (outbox.c.owner == node)


def _by_kind(at_ms: Mapping[Kind, int]) -> sa.ColumnElement[int]:
    """Take the time that belongs to each message's kind."""
    return sa.case(dict(at_ms), value=outbox.c.kind)
