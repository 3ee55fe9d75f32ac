"""Erases whom nothing allows us to keep, and destroys keys that have served their time."""

from collections import Counter

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from storage import Store

#: Batches in one call; the rest waits for the next minute, so that no stop waits for it.
MAX_BATCHES = 10


class Sweeper:
    """Erases people whose time is over, and deletes what was kept for a while only.

    Args:
        store: Where everything is kept.
        clock: Tells the time.
        metrics: Told of keys that are lost.
        deliveries_ms: How long it is kept who was sent which broadcast.
    """

    def __init__(self, store: Store, clock: Clock, metrics: Metrics, *, deliveries_ms: int) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._deliveries_ms = deliveries_ms

    async def count_due(self) -> dict[str, int]:
        """Return whom and what the next calls would erase, without a change."""
        now_ms = self._clock.now_ms()
        people, rows = await self._store.count_due(
            now_ms=now_ms, deliveries_before_ms=now_ms - self._deliveries_ms
        )
        return {f"people, {reason}": count for reason, count in people.items()} | rows

    async def delete_expired(self) -> dict[str, int]:
        """Delete links, codes, mails and the like that are over; return how many of each."""
        deleted: Counter[str] = Counter()
        for _ in range(MAX_BATCHES):
            now_ms = self._clock.now_ms()
            gone = await self._store.delete_expired(
                now_ms=now_ms, deliveries_before_ms=now_ms - self._deliveries_ms
            )
            deleted.update(gone)
            if not any(gone.values()):
                break
        if deleted.total():
            action(Action.ROWS_EXPIRED, count=deleted.total())
        return dict(deleted)

    async def erase_due(self) -> int:
        """Erase people whose time is over, some hundred at a time; return how many."""
        swept = 0
        for _ in range(MAX_BATCHES):
            count = await self._store.erase_due(now_ms=self._clock.now_ms())
            if not count:
                break
            swept += count
        if swept:
            action(Action.PERSON_SWEPT, count=swept)
        return swept

    async def complete_erasures(self) -> int:
        """Erase people who asked for it and have their receipt; return how many."""
        erased = await self._store.complete_erasures(now_ms=self._clock.now_ms())
        if erased:
            action(Action.PERSON_ERASED, count=erased)
        return erased

    async def forget_keys(self) -> None:
        """Take out of memory the keys that have been there for long enough."""
        self._store.keyring.forget_expired()

    async def look_for_lost_keys(self) -> int:
        """Raise an alarm where keys are missing and nobody was erased; return how many."""
        lost = await self._store.guard.count_lost_keys()
        self._metrics.keys_lost(lost)
        if lost:
            action(Action.KEYS_LOST, count=lost)
        return lost

    async def scrub(self) -> None:
        """Finish what a reader or a crash kept from being taken off the disk."""
        await self._store.scrub()

    async def scrub_everything(self) -> None:
        """Take off the disk whatever was deleted since the last time."""
        await self._store.scrub(everything=True)

    async def destroy_old_keys(self) -> None:
        """Destroy the keys of past days, and those that belong to nobody."""
        await self._store.destroy_old_keys(now_ms=self._clock.now_ms())
