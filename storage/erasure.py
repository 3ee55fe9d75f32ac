"""Erase people so that it converges, wherever a crash comes between.

    ordered ─▶ erasing ─▶ tombstone ─▶ key ─▶ rows, receipt ─▶ bytes off the disk
               (row,      (fsync)
                whom else to tell)

Whoever asks for it gets a receipt as the last message; it is waited for, but not for long. From the
row `erasing` on it only goes forward: every step may be repeated, on any node, and begins with who
stands there. Only a tombstone or that row makes a missing key an erasure. The tables are found from
the schema, so a new one with a `person_id` cannot be forgotten.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.admins import end_admins
from storage.broadcasts.counts import fold
from storage.db.engine import Database
from storage.db.erasure_tables import erasing
from storage.db.tables import deliveries, erasures, mails, main, outbox, people
from storage.kept_proofs import KeptProofs
from storage.keyring import Keyring
from storage.receipts import Receipts, hash_of, new_number
from storage.records import PersonId
from storage.tellings import Tellings
from storage.tombstones import Tombstones

#: How long a receipt on its way holds up an erasure.
RECEIPT_WAIT_MS = 30_000
_LOOKUP_BYTES = 32
_FEW = 10
#: Children first, so that no row ever points at a person who is gone.
_TABLES = [table for table in reversed(main.sorted_tables) if "person_id" in table.c]

#: One step for these people, at this time.
Step: TypeAlias = Callable[[Sequence[PersonId], int], Awaitable[object]]


async def order_erasure(
    tx: AsyncConnection, receipts: Receipts, person: PersonId, *, now_ms: int
) -> str:
    """Order a person's erasure and return the number of the receipt.

    From now on their events are not handled any more, and nothing but what is queued in this
    transaction leaves for them.
    """
    number = new_number()
    await end_admins(tx, [person], now_ms=now_ms)
    await tx.execute(outbox.delete().where(outbox.c.person_id == person, outbox.c.state != "begun"))
    await tx.execute(mails.delete().where(mails.c.person_id == person))
    row = {"person_id": person, "receipt_hash": hash_of(number), "ordered_at_ms": now_ms}
    await tx.execute(erasures.insert(), [row])
    await receipts.add(tx, number, kind="erasure", now_ms=now_ms, is_done=False)
    return number


async def is_anything_to_erase(tx: AsyncConnection) -> bool:
    """Tell whether anybody waits to be erased, or stopped half way."""
    waiting = sa.select(erasures.c.person_id).union_all(sa.select(erasing.c.person_id)).limit(1)
    return (await tx.execute(waiting)).first() is not None


async def list_served(tx: AsyncConnection, *, now_ms: int, limit: int) -> list[PersonId]:
    """Return, and lock, who ordered it and has the receipt, or can't get it, or waited enough."""
    on_its_way = sa.exists().where(outbox.c.person_id == erasures.c.person_id)
    is_begun = sa.exists().where(erasing.c.person_id == erasures.c.person_id)
    has_waited = erasures.c.ordered_at_ms <= now_ms - RECEIPT_WAIT_MS
    due = await tx.execute(
        sa.select(erasures.c.person_id)
        .join(people, people.c.person_id == erasures.c.person_id)
        .where(~is_begun, ~on_its_way | has_waited | (people.c.window_ends_at_ms <= now_ms))
        .limit(limit)
        .with_for_update(of=people, skip_locked=True)
    )
    return [PersonId(person) for person in due.scalars()]


async def _begin(
    tx: AsyncConnection, who: Sequence[PersonId], *, now_ms: int
) -> Sequence[PersonId]:
    """Note whose erasure begins, and hide them; return those for whom it had not begun yet."""
    if not who:
        return ()
    # Whoever locked them before us may have begun, and be seen only now.
    seen = await tx.execute(sa.select(erasing.c.person_id).where(erasing.c.person_id.in_(who)))
    begun = set(seen.scalars())
    if not (new := [person for person in who if person not in begun]):
        return ()
    await end_admins(tx, new, now_ms=now_ms)
    rows = [{"person_id": person, "begun_at_ms": now_ms} for person in new]
    await tx.execute(erasing.insert(), rows)
    for queue in (outbox, mails):
        await tx.execute(queue.delete().where(queue.c.person_id.in_(new)))
    hide = people.update().where(people.c.person_id == sa.bindparam("id"))
    await tx.execute(
        hide.values(lookup=sa.bindparam("random")),
        [{"id": person, "random": secrets.token_bytes(_LOOKUP_BYTES)} for person in new],
    )
    return new


async def erase_rows(tx: AsyncConnection, who: Sequence[PersonId]) -> None:
    """Delete everything that is kept of these people in the main database."""
    await fold(tx, deliveries.c.person_id.in_(who))
    for table in _TABLES:
        await tx.execute(table.delete().where(table.c.person_id.in_(who)))


class ErasureSequence:
    """Takes those who are `erasing` through every step, one batch at a time."""

    def __init__(  # noqa: PLR0913 - one of each of its neighbours; they are wired in store.py
        self,
        main: Database,
        keyring: Keyring,
        receipts: Receipts,
        tombstones: Tombstones,
        proofs: KeptProofs,
        tellings: Tellings,
        *,
        write: Callable[[bool], AbstractAsyncContextManager[AsyncConnection]],
    ) -> None:
        self._main = main
        #: Opens a transaction that writes, and whose lines the ledger takes; quick or not.
        self._write = write
        self._keyring = keyring
        self._receipts = receipts
        self._tombstones = tombstones
        self._proofs = proofs
        self._tellings = tellings
        self._turn = asyncio.Lock()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps in their order; each may be repeated, none may be left out."""
        return (self.write_tombstones, self.destroy_keys, self.delete_rows, self.empty_logs)

    async def begin(self, tx: AsyncConnection, who: Sequence[PersonId], *, now_ms: int) -> None:
        """Begin what only goes forward: nothing leaves for these people, and nobody finds them.

        Their blind index becomes a random number: who writes from now on is somebody new, and is
        lost neither in the rows that go nor among those that stay. In the same transaction it is
        queued whom else to tell: later nobody knows any more who they were.
        """
        new = await _begin(tx, who, now_ms=now_ms)
        await self._tellings.queue(tx, new, now_ms=now_ms)

    async def list_begun(self, *, limit: int) -> list[PersonId]:
        """Return whose erasure has begun and is not over."""
        oldest = sa.select(erasing.c.person_id).order_by(erasing.c.begun_at_ms).limit(limit)
        async with self._main.read() as tx:
            return [PersonId(person) for person in (await tx.execute(oldest)).scalars()]

    async def run(self, *, now_ms: int, limit: int) -> int:
        """Take everybody who is `erasing` through all steps; return how many there were."""
        async with self._turn:
            who = await self.list_begun(limit=limit)
            if who:
                for step in self.steps:
                    await step(who, now_ms)
            return len(who)

    async def write_tombstones(self, who: Sequence[PersonId], now_ms: int) -> None:
        """Remember outside the database that these people are erased; twice does no harm."""
        del now_ms
        await asyncio.to_thread(self._tombstones.add, who)

    async def destroy_keys(self, who: Sequence[PersonId], now_ms: int) -> None:
        """Delete these people's keys, once what has to prove consents was moved; forget them."""
        await self._proofs.keep(who, now_ms=now_ms)
        await self._keyring.destroy(who)

    async def delete_rows(self, who: Sequence[PersonId], now_ms: int) -> None:
        """Delete every row of these people, and mark their receipts as done."""
        # The rows of a few people are gone sooner than the way to the thread takes, table by table.
        async with self._write(len(who) <= _FEW) as tx:
            # Another node may be at the same step: whoever comes second finds nobody.
            mine = await tx.execute(
                sa.select(erasing.c.person_id)
                .where(erasing.c.person_id.in_(who))
                .with_for_update(skip_locked=True)
            )
            here = [PersonId(person) for person in mine.scalars()]
            ordered = sa.select(erasures.c.receipt_hash).where(erasures.c.person_id.in_(here))
            hashes = list((await tx.execute(ordered)).scalars())
            await self._receipts.mark_done(tx, hashes, now_ms=now_ms)
            await erase_rows(tx, here)

    async def empty_logs(self, who: Sequence[PersonId], now_ms: int) -> None:
        """Take the deleted bytes off the disk; where a reader is in the way, `scrub` comes back."""
        del who, now_ms
        await self._main.truncate_log()
