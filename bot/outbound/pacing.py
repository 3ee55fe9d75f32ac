"""How fast a Page may send: slots, reserved in order, shared by all nodes.

Meta's ceiling is 300 calls a second and Page. A node reserves what it has claimed and starts each
message in its slot; what does not fit into the next quarter of a second is not claimed at all.
"""

from collections.abc import Iterable

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

    @property
    def most_at_once(self) -> int:
        """Return how many slots of one Page start within the claiming time."""
        return max(1, self._per_s * AHEAD_MS // 1000)

    def list_open(self, pages: Iterable[str]) -> list[str]:
        """Return the Pages whose next slot is near enough to claim for."""
        horizon = self._clock.now_ms() + AHEAD_MS
        return [page for page in pages if self._busy_until_ms.get(page, 0) < horizon]

    def next_opening_s(self) -> float:
        """Return in how many seconds the first busy Page may be claimed for again."""
        now_ms = self._clock.now_ms()
        waits = [until - AHEAD_MS - now_ms for until in self._busy_until_ms.values()]
        return max(0.0, min((wait for wait in waits if wait > 0), default=0)) / 1000

    async def reserve(self, page_id: str, count: int) -> float:
        """Reserve `count` slots; return in how many seconds the first one starts."""
        now_ms = self._clock.now_ms()
        async with self._store.write() as tx:
            wait_ms = await self._store.pages.reserve(
                tx, page_id, count=count, per_s=self._per_s, now_ms=now_ms
            )
        self._busy_until_ms[page_id] = now_ms + wait_ms + count * 1000 / self._per_s
        return wait_ms / 1000
