"""Keeps the epoch of keys moving: learns new ones, goes on with a rotation, destroys old ones."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.logs import Action, action
from bot.settings import Settings
from bot.stores import secrets_provider
from storage import Store
from storage.nodes import Node
from storage.rotation import destroy_old, go_on
from storage.vault.secrets import SecretsProvider

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Periods:
    """How often a new epoch is made, and how long an old one opens backups."""

    #: 0: by command only.
    rotate_days: int
    backup_days: int


class Rotation:
    """What a serving process does about epochs."""

    def __init__(
        self, store: Store, clock: Clock, node: Node, provider: SecretsProvider, periods: Periods
    ) -> None:
        self._store = store
        self._clock = clock
        self._node = node
        self._provider = provider
        self._periods = periods
        self._told = 0

    async def learn(self) -> None:
        """Read the secrets again, and tell the other nodes which newest epoch is known here.

        Raises:
            SecretForeign: Another machine has another secret of that number.
        """
        newest = self._store.keyring.held.refresh()
        self._store.signing.refresh()
        if newest != self._told:
            await self._store.keyring.checks.note()
            await self._node.note_epoch(newest)
            self._told = newest

    async def go_on(self) -> None:
        """Begin a rotation that is due, go on with one that was begun, end those that are over.

        Copies from before an upgrade go when backups do.
        """
        now_ms = self._clock.now_ms()
        before_ms = now_ms - self._periods.backup_days * _DAY_MS
        await self._store.delete_old_copies(before_ms=before_ms)
        if await self._is_due(now_ms):
            self._provider.create_next()
        await self.learn()
        progress = await go_on(self._store, now_ms=now_ms)
        if progress.waiting_for:
            action(Action.KEYS_WAITING, epoch=progress.epoch, count=progress.waiting_for)
        if progress.keys:
            action(Action.KEYS_ROTATED, epoch=progress.epoch, count=progress.keys)
        backup_days = self._periods.backup_days
        for epoch in await destroy_old(
            self._store, self._provider, now_ms=now_ms, backup_days=backup_days
        ):
            action(Action.KEYS_DESTROYED, epoch=epoch)

    async def _is_due(self, now_ms: int) -> bool:
        active = await self._store.keyring.epochs.active()
        if not self._periods.rotate_days or active is None:
            return False
        epoch, since_ms = active
        is_old = since_ms <= now_ms - self._periods.rotate_days * _DAY_MS
        if not is_old or self._store.keyring.held.refresh() != epoch:
            return False
        # Where another machine made the next one, ours would be a second of the same number.
        return await self._store.keyring.checks.newest() <= epoch


def rotation_of(settings: Settings, clock: Clock, store: Store, node: Node) -> Rotation:
    """Return what a serving process does about epochs, as it is configured."""
    periods = Periods(settings.keys.rotate_days, settings.keys.backup_days)
    return Rotation(store, clock, node, secrets_provider(settings), periods)
