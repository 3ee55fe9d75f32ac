"""Rotate the epoch of all keys, as far as it goes now; whoever comes next goes on."""

from dataclasses import dataclass

from storage.nodes import count_behind
from storage.store import Store
from storage.vault.secrets import SecretsProvider


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rotation is."""

    epoch: int
    #: Keys re-wrapped just now.
    keys: int = 0
    #: Keys left under older epochs: being made at this moment, or damaged.
    left: int = 0
    #: Nodes that can't read the new epoch yet; nothing is wrapped under it before all can.
    waiting_for: int = 0

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self.left and not self.waiting_for


async def go_on(store: Store, *, now_ms: int) -> Progress:
    """Make the newest epoch active once every node can read it, and bring all keys under it.

    Raises:
        SecretForeign: Another machine has another secret of that number; nothing was wrapped.
    """
    epochs = store.keyring.epochs
    newest = store.keyring.held.refresh()
    await store.keyring.checks.note()
    active = await epochs.active()
    if active is None or newest > active[0]:
        async with store.read() as tx:
            behind = await count_behind(store.main, tx, newest)
        if behind:
            return Progress(newest, waiting_for=behind)
        await epochs.activate(newest, now_ms=now_ms)
    epoch, keys = await epochs.rewrap(now_ms=now_ms)
    if keys:
        await store.keyring.database.truncate_log()
    return Progress(epoch, keys=keys, left=await epochs.count_left(epoch))


async def destroy_old(
    store: Store, provider: SecretsProvider, *, now_ms: int, backup_days: int
) -> list[int]:
    """Destroy the secrets that were retired so many days ago; return those of this machine.

    Raises:
        EpochInUse: Something is wrapped under one of them again.
        KeysUnusable: A secret can't be destroyed from here.
    """
    epochs = store.keyring.epochs
    await epochs.give_up_old(now_ms=now_ms, backup_days=backup_days)
    # Also those that another node gave up, or a crash left: each machine may have its own file.
    gone = [epoch for epoch in await epochs.list_destroyed() if provider.destroy(epoch)]
    if gone:
        store.keyring.held.refresh()
    return gone
