"""Counts every ten minutes what /stats tells: so nobody who asks slows others, or sees one tap."""

from typing import Final

from bot.clock import Clock
from storage import Store
from storage.figures import Figures, count

_GOOD_FOR_MS: Final = 10 * 60_000


class Counting:
    """Has the newest figures."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.newest: Figures | None = None

    async def count_if_old(self) -> None:
        """Count anew, unless the last figures are good still.

        Raises:
            StorageError: Nothing can be counted now; the last figures stay.
        """
        now_ms = self._clock.now_ms()
        if self.newest is None or self.newest.at_ms + _GOOD_FOR_MS <= now_ms:
            self.newest = await count(self._store, now_ms=now_ms)
