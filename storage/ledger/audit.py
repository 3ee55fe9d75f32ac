"""Recompute the whole ledger from its lines, and compare everything that was ever said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.consents import content_of
from storage.db.admin_tables import admin_acts
from storage.db.ledger_tables import (
    ledger_entries,
    ledger_heads,
    ledger_nodes,
    ledger_openings,
)
from storage.db.tables import consents
from storage.errors import Undecryptable
from storage.keyring import Keyring
from storage.ledger.checkpoints import read_notes
from storage.ledger.leaf import ACT, Leaf, Opening, canonical
from storage.ledger.ledger import opening_cell
from storage.ledger.note import Checkpoint, VerifierKey, open_note, origin_in
from storage.ledger.tree import fold, grow, nodes_over, number_of
from storage.vault.sealing import SealedBytes, open_sealed

#: Lines at a time.
_CHUNK = 4096
_PEOPLE_CHUNK = 500


@dataclass(slots=True)
class Audit:
    """What was found: nothing wrong, where there are no faults."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    openings: int = 0
    faults: list[str] = field(default_factory=list)


async def audit(
    tx: AsyncConnection,
    keyring: Keyring,
    *,
    public_keys: Sequence[bytes],
    file: Path,
    held: Iterable[Checkpoint] = (),
) -> Audit:
    """Recompute everything; faults name places in the ledger, never people.

    Args:
        tx: A transaction of the main database.
        keyring: Has the keys of people, and those of days.
        public_keys: Ours, under which checkpoints were signed.
        file: The checkpoints that were kept here.
        held: Checkpoints that somebody else kept, as those in receipts are.
    """
    found = Audit()
    signed = _signed_roots(file, public_keys, found)
    for checkpoint in held:
        found.checkpoints += 1
        signed.setdefault(checkpoint.size, set()).add(checkpoint.root)
    await _recompute(tx, signed, found)
    await _count(tx, found)
    found.faults += [
        f"the checkpoint at size {size} is of a larger ledger: lines are missing"
        for size in sorted(signed)
        if size > found.size
    ]
    await _compare_consents(tx, keyring, found)
    await _compare_acts(tx, found)
    return found


def _signed_roots(file: Path, public_keys: Sequence[bytes], found: Audit) -> dict[int, set[bytes]]:
    roots: dict[int, set[bytes]] = {}
    for note in read_notes(file):
        keys = (VerifierKey(origin_in(note), public_key) for public_key in public_keys)
        checkpoint = next(filter(None, (open_note(note, key) for key in keys)), None)
        found.checkpoints += 1
        if checkpoint is None:
            found.faults.append(f"checkpoint {found.checkpoints} of the file is not signed by us")
        else:
            roots.setdefault(checkpoint.size, set()).add(checkpoint.root)
    return roots


async def _recompute(tx: AsyncConnection, signed: dict[int, set[bytes]], found: Audit) -> None:
    peaks: list[bytes] = []
    while rows := await _entries(tx, found.size):
        heads = await _heads(tx, found.size, rows[-1].leaf_index + 1)
        made: list[tuple[int, bytes]] = []
        start = found.size
        for row in rows:
            if row.leaf_index != found.size:
                found.faults.append(f"line {found.size} is missing")
                return
            leaf = Leaf(row.kind, row.day, row.commitment).hash()
            peaks, new = grow(found.size, peaks, [leaf])
            made += [(number_of(place), above) for place, above in new]
            found.size += 1
            if found.size in heads and heads[found.size] != b"".join(peaks):
                found.faults.append(f"the head at size {found.size} is not that of the lines")
            if found.size in signed and signed[found.size] != {fold(peaks)}:
                found.faults.append(f"the checkpoint at size {found.size} is of another past")
        if made != await _nodes(tx, start, found.size):
            found.faults.append(f"the tree over lines {start} to {found.size - 1} is not theirs")
    found.root = fold(peaks)


async def _entries(tx: AsyncConnection, start: int) -> Sequence["sa.Row[tuple[object, ...]]"]:
    at = ledger_entries.c.leaf_index
    query = ledger_entries.select().where(at >= start).order_by(at).limit(_CHUNK)
    return (await tx.execute(query)).all()


async def _heads(tx: AsyncConnection, start: int, end: int) -> dict[int, bytes]:
    size = ledger_heads.c.size
    rows = await tx.execute(ledger_heads.select().where(size > start, size <= end))
    return {row.size: row.peaks for row in rows}


async def _nodes(tx: AsyncConnection, start: int, end: int) -> list[tuple[int, bytes]]:
    """Return the nodes that come to be with the lines from `start` to `end`."""
    number = ledger_nodes.c.number
    inside = number >= nodes_over(start), number < nodes_over(end)
    rows = await tx.execute(ledger_nodes.select().where(*inside).order_by(number))
    return [(row.number, row.hash) for row in rows]


async def _count(tx: AsyncConnection, found: Audit) -> None:
    """See that nothing stands beside what was recomputed."""
    size = found.size
    expected = {ledger_entries: size, ledger_nodes: nodes_over(size)}
    for table, count in expected.items():
        counted = (await tx.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
        if counted != count:
            found.faults.append(f"{table.name} has {counted} rows instead of {count}")
    last = (await tx.execute(sa.select(sa.func.max(ledger_heads.c.size)))).scalar() or 0
    if last != size:
        found.faults.append(f"the last head is of size {last}, but there are {size} lines")


async def _compare_consents(tx: AsyncConnection, keyring: Keyring, found: Audit) -> None:
    """See that every consent reads as it did when its line was written."""
    after = b""
    while rows := await _openings(tx, after):
        after = rows[-1].consent_id
        keys = await keyring.find({row.person_id for row in rows})
        for row in rows:
            if row.person_id not in keys:
                continue  # about to be erased, or lost: another alarm tells of that
            found.openings += 1
            if not _fits(row, keys[row.person_id]):
                found.faults.append(f"a consent is not what line {row.leaf_index} commits to")


async def _compare_acts(tx: AsyncConnection, found: Audit) -> None:
    """See that every act of an admin reads as it did, and that none was taken out."""
    acts, after = 0, -1
    query = (
        sa.select(admin_acts, ledger_entries.c.commitment)
        .join(ledger_entries, ledger_entries.c.leaf_index == admin_acts.c.leaf_index)
        .where(ledger_entries.c.kind == ACT)
        .order_by(admin_acts.c.leaf_index)
        .limit(_CHUNK)
    )
    while rows := (await tx.execute(query.where(admin_acts.c.leaf_index > after))).all():
        acts, after = acts + len(rows), rows[-1].leaf_index
        for row in rows:
            if Opening.from_bytes(row.opening).commitment() != row.commitment:
                found.faults.append(f"an admin's act is not what line {row.leaf_index} commits to")
    lines = sa.select(sa.func.count()).where(ledger_entries.c.kind == ACT)
    if (counted := (await tx.execute(lines)).scalar_one()) != acts:
        found.faults.append(f"{counted} lines tell of admins' acts, but {acts} can be read")


async def _openings(tx: AsyncConnection, after: bytes) -> Sequence["sa.Row[tuple[object, ...]]"]:
    query = (
        sa.select(
            consents,
            ledger_openings.c.leaf_index,
            ledger_openings.c.opening,
            ledger_entries.c.commitment,
        )
        .join(ledger_openings, ledger_openings.c.consent_id == consents.c.consent_id)
        .join(ledger_entries, ledger_entries.c.leaf_index == ledger_openings.c.leaf_index)
        .where(consents.c.consent_id > after)
        .order_by(consents.c.consent_id)
        .limit(_PEOPLE_CHUNK)
    )
    return (await tx.execute(query)).all()


def _fits(row: "sa.Row[tuple[object, ...]]", key: bytes) -> bool:
    cell = opening_cell(row.consent_id, row.person_id)
    try:
        opening = Opening.from_bytes(open_sealed(key, SealedBytes(row.opening), cell))
    except Undecryptable:
        return False
    same = opening.content == canonical(content_of(row._mapping))  # noqa: SLF001 - its public name
    return same and opening.commitment() == row.commitment
