"""What the pages know of requests to erase: the receipts in the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from storage import Store
from storage.ledger.evidence import Prover
from storage.tellings import Told

_CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class ErasureReceipts:
    """Looks receipts up for whoever holds one, and notes the codes that Meta is given."""

    store: Store
    clock: Clock
    prover: Prover

    async def status(self, code: str) -> str | None:
        """Return "ordered" or "done" for a receipt, "callback" for Meta's, None for no other."""
        async with self.store.read(is_quick=True) as tx:
            found = await self.store.receipts.find(tx, code)
        if found is None:
            return None
        kind, is_done = found
        return _CALLBACK if kind == _CALLBACK else "done" if is_done else "ordered"

    async def told(self, code: str) -> Sequence[Told]:
        """Return how far each other recipient of the data was told, for a receipt."""
        async with self.store.read(is_quick=True) as tx:
            return await self.store.tellings.list_told(tx, code)

    async def proof(self, code: str) -> bytes | None:
        """Return what proves offline how far a receipt's erasure is; None where nothing does."""
        async with self.store.read() as tx:
            return await self.prover.of_receipt(tx, code)

    async def note_callback(self, code: str) -> None:
        """Note a code; there is nothing left to do for it."""
        now_ms = self.clock.now_ms()
        async with self.store.write(is_quick=True) as tx:
            await self.store.receipts.add(tx, code, kind=_CALLBACK, now_ms=now_ms, is_done=True)
