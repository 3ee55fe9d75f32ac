"""Messages that wait to be sent, and the claim that makes sure of who may send them.

    pending --claim--> begun --accepted--> (gone)
                         |--nothing heard--> in_doubt --echo--> (gone)
                         |                      `--no echo in time--> pending once more, or gone
                         `--refused for now--> pending, due later

A claim is committed before the call to Messenger begins, and no transaction is open during it. One
unique index allows one `begun` message per person: that is what keeps a person's messages in order.
A message that has left is deleted: nothing that was said is kept.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.claimable import claimable
from storage.db.tables import outbox
from storage.errors import KeyLost, StorageError, Undecryptable
from storage.keyring import Keyring
from storage.people import psid_cell
from storage.records import Backlog, ClaimedMessage, Kind, NewMessage, OutboxId, PersonId
from storage.vault.sealing import Cell, open_sealed, seal


class Outbox:
    """Takes messages in, hands each to one sender, and knows what became of it."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._add = outbox.insert()
        self._unsent = sa.select(outbox.c.person_id).where(
            outbox.c.person_id.in_(sa.bindparam("people", expanding=True)),
            outbox.c.state == "pending",
            outbox.c.kind == "answer",
        )
        self._due = (
            sa.select(outbox.c.seq)
            .where(outbox.c.state == "pending", outbox.c.due_at_ms <= sa.bindparam("now_ms"))
            .limit(1)
        )
        self._claimable = claimable()
        self._begin = (
            outbox.update()
            .where(outbox.c.outbox_id.in_(sa.bindparam("ids", expanding=True)))
            .values(
                state="begun",
                owner=sa.bindparam("node"),
                begun_at_ms=sa.bindparam("now_ms"),
                attempts=outbox.c.attempts + 1,
            )
        )
        self._remove = outbox.delete().where(
            outbox.c.outbox_id.in_(sa.bindparam("ids", expanding=True))
        )
        self._settle = self._remove.returning(
            outbox.c.case_id, outbox.c.access_id, outbox.c.notice_id
        )

    async def add(self, tx: AsyncConnection, messages: Sequence[NewMessage]) -> None:
        """Queue messages; each person's leave in this order."""
        if messages:
            await tx.execute(self._add, [_row(message) for message in messages])

    async def claim(
        self, tx: AsyncConnection, *, node: str, pages: Sequence[str], now_ms: int, limit: int
    ) -> tuple[list[ClaimedMessage], dict[OutboxId, StorageError]]:
        """Take what may be sent now for these Pages, at most one per person, oldest first.

        Returns:
            What to send, and what can't be: its person's key is lost, or it does not open.
        """
        asked = {"pages": pages, "now_ms": now_ms, "limit": limit}
        found = (await tx.execute(self._claimable, asked)).all()
        if not found:
            return [], {}
        # A person may have an answer and a notice due: one of them now, the other when it ended.
        first: dict[bytes, Any] = {}
        for row in found:
            first.setdefault(row.person_id, row)
        rows = list(first.values())
        ids = [row.outbox_id for row in rows]
        await tx.execute(self._begin, {"ids": ids, "node": node, "now_ms": now_ms})
        keys = await self._keyring.find([row.person_id for row in rows])
        claimed: list[ClaimedMessage] = []
        broken: dict[OutboxId, StorageError] = {}
        for row in rows:
            try:
                claimed.append(_claimed(row, keys.get(row.person_id)))
            except (KeyLost, Undecryptable) as trouble:
                broken[OutboxId(row.outbox_id)] = trouble
        return claimed, broken

    async def remove(self, tx: AsyncConnection, ids: Sequence[OutboxId]) -> int:
        """Delete messages whose fate is known; return how many were still there."""
        if not ids:
            return 0
        return (await tx.execute(self._remove, {"ids": ids})).rowcount

    async def settle(
        self, tx: AsyncConnection, ids: Sequence[OutboxId]
    ) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """Delete messages that arrived; return the requests, looks and breaches they told of."""
        if not ids:
            return [], [], []
        rows = (await tx.execute(self._settle, {"ids": ids})).all()
        told = zip(*rows, strict=True) if rows else ([], [], [])
        cases, looks, notices = ([one for one in some if one] for some in told)
        return cases, looks, notices

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
    ) -> None:
        """Try messages later that could not be opened, for as long as they are of use."""
        mine = outbox.c.outbox_id.in_(ids) & _begun_by(node)
        await tx.execute(outbox.delete().where(mine, outbox.c.expires_at_ms <= now_ms))
        await tx.execute(outbox.update().where(mine).values(due_at_ms=due_at_ms))
        await self.give_back(tx, ids, node=node)

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

    async def decide(self, tx: AsyncConnection, *, now_ms: int) -> tuple[int, int]:
        """End doubts whose time is over; return how many are sent again, and how many never."""
        over = _over(now_ms)
        again = await tx.execute(
            outbox.update()
            .where(over, outbox.c.resends_left > 0)
            .values(state="pending", resends_left=outbox.c.resends_left - 1, due_at_ms=now_ms)
        )
        never = await tx.execute(outbox.delete().where(over))
        return again.rowcount, never.rowcount

    async def list_unsent(self, tx: AsyncConnection, people: Iterable[PersonId]) -> set[PersonId]:
        """Return those of `people` for whom an answer has not begun to leave yet."""
        return set((await tx.execute(self._unsent, {"people": list(people)})).scalars())

    async def has_due(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether a message waits that may leave now; somebody else's turn may come first."""
        return (await tx.execute(self._due, {"now_ms": now_ms})).first() is not None

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


def _cell(outbox_id: bytes, person: PersonId) -> Cell:
    return Cell("outbox", "body", outbox_id, person)


def _row(message: NewMessage) -> dict[str, Any]:
    outbox_id = secrets.token_bytes(16)
    return {
        "outbox_id": outbox_id,
        "person_id": message.person_id,
        "page_id": message.page_id,
        "kind": message.kind,
        "purpose_id": message.purpose_id,
        "case_id": message.case_id,
        "access_id": message.access_id,
        "notice_id": message.notice_id,
        "state": "pending",
        "body": seal(message.key, message.body, _cell(outbox_id, message.person_id)),
        "due_at_ms": message.due_at_ms,
        "expires_at_ms": message.expires_at_ms,
        "resends_left": message.resends_left,
    }


def _claimed(row: Any, key: bytes | None) -> ClaimedMessage:
    if key is None:
        raise KeyLost
    person = PersonId(row.person_id)
    return ClaimedMessage(
        outbox_id=OutboxId(row.outbox_id),
        person_id=person,
        page_id=row.page_id,
        psid=open_sealed(key, row.psid, psid_cell(person)).decode(),
        body=open_sealed(key, row.body, _cell(row.outbox_id, person)),
        kind=row.kind,
        attempts=row.attempts + 1,
        expires_at_ms=row.expires_at_ms,
        window_ends_at_ms=row.window_ends_at_ms,
        refusals=row.refusals,
        pauses=row.pauses,
        is_wanted=bool(row.is_wanted),
        case_id=row.case_id,
        access_id=row.access_id,
        notice_id=row.notice_id,
    )
