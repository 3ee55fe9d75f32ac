"""How fast a Page may send: slots, reserved in order.

Meta's ceiling is 300 calls a second and Page. A node reserves what it has claimed and starts each
message in its slot; what does not fit into the next quarter of a second is not claimed at all.
One process keeps the slots in memory; several share a row per Page, by the database's clock.
Here a slot is counted by the event loop's clock: the wall clock may be set back, and then a Page
would rest for as long as it was set back by.
"""

import asyncio
from collections.abc import Iterable, Mapping

from bot.clock import Clock
from storage import Store
from storage.pages import Pacing

#: Only what starts within this time is claimed, in seconds.
AHEAD_S = 0.25
#: What can't start within this time is given back, in seconds.
GIVE_BACK_S = 2.0
#: No Page rests longer than this for its pace, whatever was reserved.
_LONGEST_WAIT_S = 60.0


class Pace:
    """The slots of every Page, as this node knows them."""

    def __init__(
        self, store: Store, clock: Clock, *, per_s: int, of: Pacing = "everything"
    ) -> None:
        self._of: Pacing = of
        self._store = store
        self._clock = clock
        self._per_s = per_s
        self._busy_until_s: dict[str, float] = {}

    @property
    def step_s(self) -> float:
        """Return the time from one slot to the next."""
        return 1 / self._per_s

    @property
    def most_of_one_page(self) -> int:
        """Return how many messages of one Page can start before they are given back."""
        return max(1, int(self._per_s * GIVE_BACK_S))

    def list_open(self, pages: Iterable[str]) -> list[str]:
        """Return the Pages whose next slot is near enough to claim for."""
        horizon_s = _now_s() + AHEAD_S
        return [page for page in pages if self._busy_until_s.get(page, 0) < horizon_s]

    def most_at_once(self, pages: int) -> int:
        """Return how many slots of so many Pages start within the claiming time."""
        return max(1, int(self._per_s * AHEAD_S)) * pages

    def next_opening_s(self) -> float:
        """Return in how many seconds the first busy Page may be claimed for again."""
        now_s = _now_s()
        waits = [until - AHEAD_S - now_s for until in self._busy_until_s.values()]
        return min((wait for wait in waits if wait > 0), default=0)

    def rest(self, page: str, *, for_s: float) -> None:
        """Give a Page no slot for a while; longer rests stay as they are."""
        until_s = _now_s() + min(for_s, _LONGEST_WAIT_S)
        self._busy_until_s[page] = max(until_s, self._busy_until_s.get(page, 0))

    async def reserve(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Reserve so many slots for each Page; return in how many seconds its first one starts."""
        if self._store.is_shared:
            waits_s = await self._reserve_shared(counts)
        else:
            waits_s = {page: self._busy_until_s.get(page, 0) - _now_s() for page in counts}
        now_s = _now_s()
        for page, wait_s in waits_s.items():
            waits_s[page] = min(max(0.0, wait_s), _LONGEST_WAIT_S)
            self._busy_until_s[page] = now_s + waits_s[page] + counts[page] / self._per_s
        return waits_s

    async def _reserve_shared(self, counts: Mapping[str, int]) -> dict[str, float]:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            waits_ms = {  # in one order on every node, so that two can't wait for each other
                page: await self._store.pages.reserve(
                    tx, page, of=self._of, count=counts[page], per_s=self._per_s, now_ms=now_ms
                )
                for page in sorted(counts)
            }
        return {page: wait_ms / 1000 for page, wait_ms in waits_ms.items()}


def _now_s() -> float:
    return asyncio.get_running_loop().time()
