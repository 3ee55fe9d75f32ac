"""How fast a Page may send: slots, reserved in order.

Meta's ceiling is 300 calls a second and Page. A node reserves what it has claimed and starts each
message in its slot; what does not fit into the next quarter of a second is not claimed at all.
One process keeps the slots in memory; several share a row per Page, by the database's clock.
"""

from collections.abc import Iterable, Mapping

from bot.clock import Clock
from storage import Store

#: Only what starts within this time is claimed.
AHEAD_MS = 250


class Pace:
    """The slots of every Page, as this node knows them."""

    def __init__(self, store: Store, clock: Clock, *, per_s: int) -> None:
        self._store = store
        self._clock = clock
        self._per_s = per_s
        self._busy_until_ms: dict[str, float] = {}

    @property
    def step_s(self) -> float:
        """Return the time from one slot to the next."""
        return 1 / self._per_s

    def list_open(self, pages: Iterable[str]) -> list[str]:
        """Return the Pages whose next slot is near enough to claim for."""
        horizon_ms = self._clock.now_ms() + AHEAD_MS
        return [page for page in pages if self._busy_until_ms.get(page, 0) < horizon_ms]

    def most_at_once(self, pages: int) -> int:
        """Return how many slots of so many Pages start within the claiming time."""
        return max(1, self._per_s * AHEAD_MS // 1000) * pages

    def next_opening_s(self) -> float:
        """Return in how many seconds the first busy Page may be claimed for again."""
        now_ms = self._clock.now_ms()
        waits = [until - AHEAD_MS - now_ms for until in self._busy_until_ms.values()]
        return max(0.0, min((wait for wait in waits if wait > 0), default=0)) / 1000

    async def reserve(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Reserve so many slots for each Page; return in how many seconds its first one starts."""
        now_ms = self._clock.now_ms()
        if self._store.is_shared:
            waits_ms = await self._reserve_shared(counts, now_ms)
        else:
            waits_ms = {
                page: max(0.0, self._busy_until_ms.get(page, 0) - now_ms) for page in counts
            }
        for page, wait_ms in waits_ms.items():
            self._busy_until_ms[page] = now_ms + wait_ms + counts[page] * 1000 / self._per_s
        return {page: wait_ms / 1000 for page, wait_ms in waits_ms.items()}

    async def _reserve_shared(self, counts: Mapping[str, int], now_ms: int) -> dict[str, float]:
        async with self._store.write(is_quick=True) as tx:
            return {  # in one order on every node, so that two can't wait for each other
                page: await self._store.pages.reserve(
                    tx, page, count=counts[page], per_s=self._per_s, now_ms=now_ms
                )
                for page in sorted(counts)
            }
