"""Answers the page of a consent's proof: each link gives out one file.

The link is the person's whose consent it is: they see it in MY DATA, and it goes when they do.
"""

from dataclasses import dataclass
from typing import Final

from bot.admins.gate import RULES
from bot.clock import Clock
from storage import Store
from storage.admins import Admin
from storage.ledger.evidence import Prover

USE: Final = "evidence"


def about(consent_id: bytes, admin: Admin) -> str:
    """Return what a link is about: which consent, and for which admin."""
    return f"{consent_id.hex()} {admin.number}"


@dataclass(frozen=True, slots=True)
class Proofs:
    """Hands proofs out to whoever has a link and is still an admin who may ask for it."""

    store: Store
    clock: Clock
    prover: Prover

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still gives out a file; looking spends nothing."""
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, USE)
        return link is not None and link.is_open(self.clock.now_ms())

    async def hand_out(self, token: str) -> bytearray | None:
        """Return the file and spend its link; None where it is no good, or nothing is proven."""
        async with self.store.read() as tx:
            link = await self.store.links.look(tx, token, USE)
            if link is None or not link.is_open(self.clock.now_ms()):
                return None
            consent, _, number = (link.about or "").partition(" ")
            found = await self.prover.of_consent(tx, bytes.fromhex(consent))
        async with self.store.write(is_quick=True) as tx:
            # Whoever asked may do so no more: then nothing goes out.
            admin = await self.store.admins.numbered(tx, int(number))
            if found is None or admin is None or admin.role not in RULES[USE].roles:
                return None
            is_mine = await self.store.links.spend(tx, token, USE, now_ms=self.clock.now_ms())
        return bytearray(found.file) if is_mine else None
