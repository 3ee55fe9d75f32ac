"""Signs what the ledger says, minute by minute, into a file that can leave the host."""

from storage import Store
from storage.ledger.checkpoints import Checkpoints


class Witness:
    """Appends a signed checkpoint whenever the ledger has grown."""

    def __init__(self, store: Store, checkpoints: Checkpoints) -> None:
        self._store = store
        self._checkpoints = checkpoints

    async def sign_newest(self) -> None:
        """Sign the ledger as it is, once.

        Raises:
            StorageError: It does not continue the last checkpoint, or can't be read or signed.
        """
        async with self._store.read() as tx:
            await self._checkpoints.newest(tx)
