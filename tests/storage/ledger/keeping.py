"""Puts consents and receipts into the ledger, and looks at what it has of them."""

import secrets
from pathlib import Path

import sqlalchemy as sa

from storage import ConsentAct, ConsentStatus, ShownText, Store
from storage.db.ledger_tables import ledger_entries, ledger_heads, ledger_nodes
from storage.db.tables import consents
from storage.ledger.audit import Audit, audit
from storage.ledger.checkpoints import Checkpoints
from storage.ledger.evidence import Prover
from storage.ledger.ledger import Head
from storage.ledger.note import VerifierKey
from storage.ledger.proof import read_proof
from storage.receipts import new_number
from tests.storage.make import NOON_MS, Known

ORIGIN = "example.org/bot"
GUARDED = (ledger_entries, ledger_nodes, ledger_heads)
SHOWN = ShownText("May we?", "news/1", "en")


async def agree(store: Store, *people: Known, at_ms: int = NOON_MS) -> None:
    """Record one yes of each, in one transaction."""
    acts = [ConsentAct(who.person_id, "news", "granted", at_ms, SHOWN) for who in people]
    statuses = {(who.person_id, "news"): ConsentStatus(at_ms) for who in people}
    async with store.write(is_quick=True) as tx:
        await store.consents.record(tx, [(act, True) for act in acts], statuses, now_ms=at_ms)


async def order(store: Store, *, now_ms: int = NOON_MS) -> str:
    """Hand out a receipt for an erasure that is still to be done."""
    number = new_number()
    async with store.write() as tx:
        await store.receipts.add(tx, number, kind="erasure", now_ms=now_ms, is_done=False)
    return number


async def fill(store: Store, lines: int) -> None:
    """Append so many lines, one transaction each."""
    for _ in range(lines):
        await order(store)


async def head(store: Store) -> Head:
    """Return the ledger as it is."""
    async with store.read() as tx:
        return await store.ledger.head(tx)


async def kinds(store: Store) -> list[str]:
    """Return what each line is about."""
    async with store.read() as tx:
        query = sa.select(ledger_entries.c.kind).order_by(ledger_entries.c.leaf_index)
        return list((await tx.execute(query)).scalars())


async def consent_ids(store: Store) -> list[bytes]:
    """Return the number of every act on record."""
    async with store.read() as tx:
        return list((await tx.execute(sa.select(consents.c.consent_id))).scalars())


def prover(store: Store, folder: Path) -> Prover:
    """Return who signs and proves, with a checkpoint file in a folder."""
    file = folder / "checkpoints.log"
    checkpoints = Checkpoints(store.ledger, store.signing, origin=ORIGIN, file=file)
    return Prover(store.ledger, store.keyring, store.proofs, checkpoints)


async def sign(store: Store, folder: Path) -> None:
    """Sign the ledger as it is."""
    async with store.read() as tx:
        await prover(store, folder).checkpoints.newest(tx)


async def audited(store: Store, folder: Path, *, held: bytes | None = None) -> Audit:
    """Recompute everything, and compare it with a proof that somebody kept as well."""
    file, keys = folder / "checkpoints.log", store.signing.key("ledger").public_keys
    kept = [] if held is None else [read_proof(held, VerifierKey(ORIGIN, keys[0])).checkpoint]
    async with store.read() as tx:
        return await audit(tx, store.keyring, public_keys=keys, file=file, held=kept)


async def tamper(store: Store, *statements: str) -> None:
    """Change tables as whoever has the whole database can: the guards are removed first.

    `:new` in a statement stands for 32 random bytes.
    """
    async with store.main.write() as tx:
        if store.is_shared:
            await tx.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            await tx.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
            for table in GUARDED:
                for act in ("update", "delete", "insert"):
                    await tx.execute(sa.text(f"DROP TRIGGER {table.name}_{act}"))
        for statement in statements:
            new = {"new": secrets.token_bytes(32)} if ":new" in statement else {}
            await tx.execute(sa.text(statement), new)
