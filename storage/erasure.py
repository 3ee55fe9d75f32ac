"""Erase people: every row of theirs, then their keys, then the bytes on the disk.

Whoever asks for it gets a receipt as the last message; it is waited for, but not for long. The
tables are found from the schema, so a new one with a `person_id` cannot be forgotten. A crash after
the rows are gone leaves keys that belong to nobody; the sweep of orphaned keys ends them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import erasures, mails, main, outbox
from storage.receipts import Receipts, hash_of, new_number
from storage.records import PersonId

#: How long a receipt on its way holds up an erasure.
RECEIPT_WAIT_MS = 30_000
#: Children first, so that no row ever points at a person who is gone.
_TABLES = [table for table in reversed(main.sorted_tables) if "person_id" in table.c]


async def order_erasure(
    tx: AsyncConnection, receipts: Receipts, person: PersonId, *, now_ms: int
) -> str:
    """Order a person's erasure and return the number of the receipt.

    From now on their events are not handled any more, and nothing but what is queued in this
    transaction leaves for them.
    """
    number = new_number()
    await tx.execute(outbox.delete().where(outbox.c.person_id == person, outbox.c.state != "begun"))
    await tx.execute(mails.delete().where(mails.c.person_id == person))
    row = {"person_id": person, "receipt_hash": hash_of(number), "ordered_at_ms": now_ms}
    await tx.execute(erasures.insert(), [row])
    await receipts.add(tx, number, kind="erasure", now_ms=now_ms, is_done=False)
    return number


async def is_erasure_ordered(tx: AsyncConnection) -> bool:
    """Tell whether anybody waits to be erased."""
    return (await tx.execute(sa.select(erasures.c.person_id).limit(1))).first() is not None


async def complete_erasures(
    tx: AsyncConnection, receipts: Receipts, *, now_ms: int, limit: int
) -> list[PersonId]:
    """Erase those whose receipt has left, or who have waited for it long enough."""
    on_its_way = sa.exists().where(outbox.c.person_id == erasures.c.person_id)
    waited = erasures.c.ordered_at_ms <= now_ms - RECEIPT_WAIT_MS
    due = (
        await tx.execute(
            erasures.select()
            .where(~on_its_way | waited)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()
    people = [PersonId(row.person_id) for row in due]
    if people:
        await receipts.mark_done(tx, [row.receipt_hash for row in due], now_ms=now_ms)
        await erase_rows(tx, people)
    return people


async def erase_rows(tx: AsyncConnection, people: Sequence[PersonId]) -> None:
    """Delete everything that is kept of these people in the main database."""
    for table in _TABLES:
        await tx.execute(table.delete().where(table.c.person_id.in_(people)))
