"""Proofs to hand out: that a consent was recorded, that an erasure was ordered and completed."""

import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import texts
from storage.errors import LedgerBroken
from storage.kept_proofs import KeptProofs
from storage.keyring import Keyring
from storage.ledger.checkpoints import Checkpoints, Signed
from storage.ledger.leaf import Opening
from storage.ledger.ledger import Ledger, opening_cell
from storage.ledger.proof import Proven, write_proof
from storage.receipts import hash_of
from storage.records import PersonId
from storage.vault.sealing import open_sealed


@dataclass(frozen=True, slots=True)
class Evidence:
    """The proof of one consent, and whose it is."""

    #: None where that person was erased, and proof is kept for a while.
    person_id: PersonId | None
    file: bytes


class Prover:
    """Makes proofs that need nothing but the public key to be checked."""

    def __init__(
        self, ledger: Ledger, keyring: Keyring, proofs: KeptProofs, checkpoints: Checkpoints
    ) -> None:
        self.checkpoints = checkpoints
        self._ledger = ledger
        self._keyring = keyring
        self._proofs = proofs

    async def of_consent(self, tx: AsyncConnection, consent_id: bytes) -> Evidence | None:
        """Return the proof of one act with the words that were shown; None where there is none."""
        signed = await self.checkpoints.newest(tx)
        found = await self._opened(tx, consent_id)
        if found is None or signed is None:
            return None
        person, index, opening = found
        proven = await self._prove(tx, signed, index, opening)
        shown = await _shown(tx, json.loads(opening.content)["text_hash"])
        beside = {} if shown is None else {"shown": shown}
        file = write_proof([proven], signed, self.checkpoints.successions, **beside)
        return Evidence(person, file)

    async def of_receipt(self, tx: AsyncConnection, number: str) -> bytes | None:
        """Return the proof of what became of an erasure; None where no line is about it."""
        signed = await self.checkpoints.newest(tx)
        lines = await self._ledger.openings_of_receipt(tx, hash_of(number))
        # A line that came after the checkpoint is in the next proof.
        leaves = [
            await self._prove(tx, signed, index, opening)
            for index, opening in lines
            if signed is not None and index < signed.checkpoint.size
        ]
        if signed is None or not leaves:
            return None
        return write_proof(leaves, signed, self.checkpoints.successions, number=number)

    async def _opened(
        self, tx: AsyncConnection, consent_id: bytes
    ) -> tuple[PersonId | None, int, Opening] | None:
        """Return whose line it is, which, and what opens it; nobody's where they were erased."""
        kept = await self._ledger.sealed_opening(tx, consent_id)
        if kept is None:
            moved = await self._proofs.find(tx, consent_id)
            return None if moved is None else (None, *moved)
        index, person, sealed = kept
        key = (await self._keyring.find([person])).get(person)
        if key is None:
            return None
        cell = opening_cell(consent_id, person)
        return person, index, Opening.from_bytes(open_sealed(key, sealed, cell))

    async def _prove(
        self, tx: AsyncConnection, signed: Signed, index: int, opening: Opening
    ) -> Proven:
        leaf = await self._ledger.leaf(tx, index)
        if leaf is None or leaf.commitment != opening.commitment():
            raise LedgerBroken(leaf=index)
        path = await self._ledger.inclusion(tx, index, signed.checkpoint.size)
        return Proven(leaf, opening, index, path)


async def _shown(tx: AsyncConnection, text_hash: str | None) -> str | None:
    if text_hash is None:
        return None
    query = sa.select(texts.c.text).where(texts.c.text_hash == bytes.fromhex(text_hash))
    found: str | None = (await tx.execute(query)).scalar()
    return found
