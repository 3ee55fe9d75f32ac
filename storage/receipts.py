"""Proof for whoever holds it: a random number, kept here as a hash only.

The number stands in the person's chat and nowhere else, so a row here leads to nobody.
"""

import hashlib

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.tables import receipts
from storage.ledger.leaf import Kind
from storage.ledger.ledger import Ledger, ReceiptLine
from storage.letters import in_groups, random_letters

_LENGTH = 12
_FORMAT = "chatmagico/erasure/1"


def new_number() -> str:
    """Return a number that nobody guesses, such as "7KQ2-M4XD-9TRA": 60 random bits."""
    return in_groups(random_letters(_LENGTH))


def hash_of(number: str) -> bytes:
    """Return the hash under which a number is found, however it was typed."""
    plain = "".join(letter for letter in number.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()


class Receipts:
    """Keeps what receipts are worth."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._add = insert_new(database, receipts)
        self._ledger = ledger

    async def add(
        self, tx: AsyncConnection, number: str, *, kind: str, now_ms: int, is_done: bool
    ) -> None:
        """Note a receipt; one that is there already stays as it is.

        What is still to be done is a line in the ledger: that it was ordered.
        """
        receipt_hash = hash_of(number)
        row = {
            "receipt_hash": receipt_hash,
            "kind": kind,
            "ordered_at_ms": now_ms,
            "done_at_ms": now_ms if is_done else None,
        }
        await tx.execute(self._add, [row])
        if not is_done:
            line = _line("erasure-ordered", receipt_hash, now_ms)
            self._ledger.note(tx, [line], now_ms=now_ms)

    async def find(self, tx: AsyncConnection, number: str) -> tuple[str, bool] | None:
        """Return what a receipt is for and whether that was done; None where there is none."""
        query = receipts.select().where(receipts.c.receipt_hash == hash_of(number))
        row = (await tx.execute(query)).first()
        return None if row is None else (row.kind, row.done_at_ms is not None)

    async def mark_done(self, tx: AsyncConnection, hashes: list[bytes], *, now_ms: int) -> None:
        """Note that what these receipts are for has been done; each is one line in the ledger."""
        open_ones = receipts.c.receipt_hash.in_(hashes) & receipts.c.done_at_ms.is_(None)
        done = await tx.execute(
            sa.update(receipts)
            .where(open_ones)
            .values(done_at_ms=now_ms)
            .returning(receipts.c.receipt_hash)
        )
        lines = [_line("erasure-completed", row.receipt_hash, now_ms) for row in done]
        self._ledger.note(tx, lines, now_ms=now_ms)


def _line(kind: Kind, receipt_hash: bytes, now_ms: int) -> ReceiptLine:
    content = {"format": _FORMAT, "receipt_hash": receipt_hash.hex(), "at_ms": now_ms}
    return ReceiptLine(kind, receipt_hash, content)
