"""The ledger in its tables: lines are noted during a transaction, and appended just before it ends.

On PostgreSQL the line of heads is locked then, and no sooner, so that two nodes that write at the
same time wait for each other as briefly as can be. On SQLite writers take turns anyway.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import admin_acts
from storage.db.engine import Database
from storage.db.ledger_tables import (
    ledger_entries,
    ledger_heads,
    ledger_nodes,
    ledger_openings,
    ledger_receipts,
)
from storage.errors import LedgerBroken
from storage.inbox import day_of
from storage.ledger.leaf import ACT, Kind, Leaf, Opening, new_opening
from storage.ledger.tree import (
    HASH_BYTES,
    Place,
    Span,
    consistency_spans,
    fold,
    full_subtrees,
    grow,
    inclusion_spans,
    number_of,
)
from storage.records import PersonId
from storage.vault.sealing import Cell, SealedBytes, seal

_LOCK = sa.text("LOCK TABLE ledger_heads IN SHARE ROW EXCLUSIVE MODE")
_HEAD = ledger_heads.select().order_by(ledger_heads.c.size.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Head:
    """How large the ledger is, and the full subtrees it is made of."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """Return the hash that stands for everything."""
        return fold(self.peaks)


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent on its way into the ledger; without a key nothing can open its line later."""

    consent_id: bytes
    person_id: PersonId
    key: bytes | None = field(repr=False)
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A step of an erasure on its way into the ledger; whoever has the receipt can open it."""

    kind: Kind
    receipt_hash: bytes
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActLine:
    """What an admin did, on its way into the ledger; it names nobody, so everybody may open it."""

    content: Mapping[str, Any]


Line = ConsentLine | ReceiptLine | ActLine


class Ledger:
    """Appends, and finds what proofs are made of."""

    def __init__(self, database: Database) -> None:
        self._is_shared = not database.is_sqlite
        self._noted: dict[AsyncConnection, list[tuple[int, Line]]] = {}

    @asynccontextmanager
    async def gathering(self, tx: AsyncConnection) -> AsyncIterator[None]:
        """Append at the end of the block what was noted in it, as the last act before commit."""
        noted = self._noted[tx] = []
        try:
            yield
            if noted:
                await self._append(tx, noted)
        finally:
            del self._noted[tx]

    @contextmanager
    def attempting(self, tx: AsyncConnection) -> Iterator[None]:
        """Forget what was noted in a block that fails."""
        noted = self._noted[tx]
        count = len(noted)
        try:
            yield
        except BaseException:
            del noted[count:]
            raise

    def note(self, tx: AsyncConnection, lines: Iterable[Line], *, now_ms: int) -> None:
        """Note lines that are appended when this transaction of `Store.write()` ends."""
        self._noted[tx] += [(day_of(now_ms), line) for line in lines]

    async def head(self, tx: AsyncConnection) -> Head:
        """Return the ledger as it is."""
        row = (await tx.execute(_HEAD)).first()
        if row is None:
            return Head()
        parts = range(0, len(row.peaks), HASH_BYTES)
        return Head(row.size, tuple(row.peaks[at : at + HASH_BYTES] for at in parts))

    async def inclusion(self, tx: AsyncConnection, index: int, size: int) -> list[bytes]:
        """Return the path from a leaf to the root of a size."""
        return await self._hashes(tx, inclusion_spans(index, size))

    async def consistency(self, tx: AsyncConnection, old_size: int, size: int) -> list[bytes]:
        """Return what shows that one size is the beginning of a larger one."""
        return await self._hashes(tx, consistency_spans(old_size, size))

    async def leaf(self, tx: AsyncConnection, index: int) -> Leaf | None:
        """Return one line."""
        query = ledger_entries.select().where(ledger_entries.c.leaf_index == index)
        row = (await tx.execute(query)).first()
        return None if row is None else Leaf(row.kind, row.day, row.commitment)

    async def openings_of_receipt(
        self, tx: AsyncConnection, receipt_hash: bytes
    ) -> list[tuple[int, Opening]]:
        """Return the lines of one receipt, each with its opening."""
        query = ledger_receipts.select().where(ledger_receipts.c.receipt_hash == receipt_hash)
        rows = await tx.execute(query.order_by(ledger_receipts.c.leaf_index))
        return [(row.leaf_index, Opening.from_bytes(row.opening)) for row in rows]

    async def sealed_opening(
        self, tx: AsyncConnection, consent_id: bytes
    ) -> tuple[int, PersonId, SealedBytes] | None:
        """Return the line of one consent, whose it is, and its opening, still sealed."""
        query = ledger_openings.select().where(ledger_openings.c.consent_id == consent_id)
        row = (await tx.execute(query)).first()
        if row is None:
            return None
        return row.leaf_index, PersonId(row.person_id), SealedBytes(row.opening)

    async def _append(self, tx: AsyncConnection, noted: Sequence[tuple[int, Line]]) -> None:
        openings = [new_opening(line.content) for _, line in noted]
        commitments = [opening.commitment() for opening in openings]
        leaves = [
            Leaf(_kind(line), day, commitment)
            for (day, line), commitment in zip(noted, commitments, strict=True)
        ]
        hashes = [leaf.hash() for leaf in leaves]
        sealed = [
            _sealed(line, opening) for (_, line), opening in zip(noted, openings, strict=True)
        ]
        # Everything slow is done: from here on other nodes wait.
        if self._is_shared:
            await tx.execute(_LOCK)
        head = await self.head(tx)
        peaks, made = grow(head.size, head.peaks, hashes)
        await tx.execute(
            ledger_entries.insert(), [_entry(at, leaf) for at, leaf in enumerate(leaves, head.size)]
        )
        if made:
            await tx.execute(ledger_nodes.insert(), [_node(*one) for one in made])
        await self._keep_openings(tx, head.size, sealed)
        size = head.size + len(leaves)
        await tx.execute(ledger_heads.insert(), [{"size": size, "peaks": b"".join(peaks)}])

    async def _keep_openings(
        self,
        tx: AsyncConnection,
        size: int,
        sealed: Sequence[tuple[sa.Table, dict[str, Any]] | None],
    ) -> None:
        for table in (ledger_openings, ledger_receipts, admin_acts):
            rows = [
                row[1] | {"leaf_index": at}
                for at, row in enumerate(sealed, size)
                if row is not None and row[0] is table
            ]
            if rows:
                await tx.execute(table.insert(), rows)

    async def _hashes(self, tx: AsyncConnection, spans: Sequence[Span]) -> list[bytes]:
        places = {span: list(full_subtrees(span)) for span in spans}
        found = await self._find(tx, [place for each in places.values() for place in each])
        return [fold([found[place] for place in places[span]]) for span in spans]

    async def _find(self, tx: AsyncConnection, places: Sequence[Place]) -> dict[Place, bytes]:
        found: dict[Place, bytes] = {}
        leaves = [place for level, place in places if level == 0]
        if leaves:
            query = ledger_entries.select().where(ledger_entries.c.leaf_index.in_(leaves))
            for row in await tx.execute(query):
                found[0, row.leaf_index] = Leaf(row.kind, row.day, row.commitment).hash()
        above = [place for place in places if place[0]]
        if above:
            numbers = {number_of(place): place for place in above}
            query = ledger_nodes.select().where(ledger_nodes.c.number.in_(numbers))
            for row in await tx.execute(query):
                found[numbers[row.number]] = row.hash
        if lost := len({*places} - found.keys()):
            raise LedgerBroken(lost=lost)
        return found


def _kind(line: Line) -> Kind:
    if isinstance(line, ActLine):
        return ACT
    return "consent" if isinstance(line, ConsentLine) else line.kind


def _sealed(line: Line, opening: Opening) -> tuple[sa.Table, dict[str, Any]] | None:
    kept = opening.to_bytes()
    if isinstance(line, ReceiptLine):
        return ledger_receipts, {"receipt_hash": line.receipt_hash, "opening": kept}
    if isinstance(line, ActLine):
        return admin_acts, {"opening": kept}
    if not line.key:
        return None
    sealed = seal(line.key, kept, opening_cell(line.consent_id, line.person_id))
    row = {"consent_id": line.consent_id, "person_id": line.person_id, "opening": sealed}
    return ledger_openings, row


def opening_cell(consent_id: bytes, person_id: PersonId) -> Cell:
    """Return where the opening of a consent's line is sealed to stand."""
    return Cell("ledger_openings", "opening", consent_id, person_id)


def _entry(index: int, leaf: Leaf) -> dict[str, Any]:
    return {
        "leaf_index": index,
        "kind": leaf.kind,
        "day": leaf.day,
        "commitment": leaf.commitment,
    }


def _node(place: Place, above: bytes) -> dict[str, Any]:
    return {"number": number_of(place), "hash": above}
