"""How fast a Page may send: slots, reserved in order.

Meta's ceiling is 300 calls a second and Page. A node reserves what it has claimed and starts each
message in its slot; what does not fit into the next quarter of a second is not claimed at all, of
broadcasts the next tenth.
One process keeps the slots in memory; several share a row per Page, by the database's clock.
Where slots went by unused because the machine was busy, the next start at once, so that the mean
holds; a ceiling a little above the pace keeps that from ever becoming a burst.
Here a slot is counted by the event loop's clock: the wall clock may be set back, and then a Page
would rest for as long as it was set back by.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from bot.clock import Clock
from storage import Store
from storage.pages import Pacing

#: Only what starts within this time is claimed, in seconds.
AHEAD_S = 0.25
#: What can't start within this time is given back, in seconds.
GIVE_BACK_S = 2.0
#: Of broadcasts less is claimed: what a killed process had claimed is in doubt, and that of
#: marketing is never sent again.
_BROADCASTS_AHEAD_S = 0.12
#: They are claimed again only when so little of the time ahead is left: not one by one.
_BROADCASTS_OPEN_S = _BROADCASTS_AHEAD_S / 4
#: When one Page's are claimed, so are those of all that have less than this left.
ALONG_S = _BROADCASTS_AHEAD_S / 2
#: Slots that went by unused are made up for, back to so long ago.
_MADE_UP_S = 0.4
#: So much more than the pace may start within any one second.
_CEILING = 1.02
_SECOND_S = 1.0
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
        is_all = of == "everything"
        self._ahead_s = AHEAD_S if is_all else _BROADCASTS_AHEAD_S
        self._opens_s = AHEAD_S if is_all else _BROADCASTS_OPEN_S
        self._busy_until_s: dict[str, float] = {}
        most = max(1, int(per_s * _CEILING))
        #: When the last calls of each Page started.
        self._started_s: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=most))

    @property
    def step_s(self) -> float:
        """Return the time from one slot to the next."""
        return 1 / self._per_s

    @property
    def most_of_one_page(self) -> int:
        """Return how many messages of one Page can start before they are given back."""
        return max(1, int(self._per_s * GIVE_BACK_S))

    def list_open(self, pages: Iterable[str], within_s: float | None = None) -> list[str]:
        """Return the Pages whose next slot is near enough to claim for."""
        horizon_s = _now_s() + (self._opens_s if within_s is None else within_s)
        return [page for page in pages if self._busy_until_s.get(page, 0) < horizon_s]

    def most_at_once(self, pages: int) -> int:
        """Return how many slots of so many Pages start within the claiming time."""
        return max(1, int(self._per_s * self._ahead_s)) * pages

    def room(self, page: str) -> int:
        """Return how many slots of a Page start within the claiming time, or were just missed."""
        now_s = _now_s()
        since_s = max(self._busy_until_s.get(page, now_s), now_s - _MADE_UP_S)
        return max(1, int(self._per_s * (now_s + self._ahead_s - since_s)))

    def next_opening_s(self, since_s: float) -> float | None:
        """Return in how many seconds the first Page opens that was busy at a time of the loop's."""
        opens_at_s = (until - self._opens_s for until in self._busy_until_s.values())
        first_s = min((at_s for at_s in opens_at_s if at_s >= since_s), default=None)
        return None if first_s is None else max(0.0, first_s - _now_s())

    def rest(self, page: str, *, for_s: float) -> None:
        """Give a Page no slot for a while; longer rests stay as they are."""
        until_s = _now_s() + min(for_s, _LONGEST_WAIT_S)
        self._busy_until_s[page] = max(until_s, self._busy_until_s.get(page, 0))

    async def start(self, page: str) -> None:
        """Wait until one more call for a Page may start, and count it.

        A loop that was held up wakes many calls at once: the ceiling spreads them.
        """
        started = self._started_s[page]
        while len(started) == started.maxlen and started[0] > _now_s() - _SECOND_S:  # noqa: ASYNC110 - time is what is waited for
            await asyncio.sleep(started[0] + _SECOND_S - _now_s())
        started.append(_now_s())

    async def reserve(self, counts: Mapping[str, int]) -> dict[str, float]:
        """Reserve so many slots for each Page; return in how many seconds its first one starts.

        A slot that went by starts at once, which a time before now tells.
        """
        if self._store.is_shared:
            waits_s = await self._reserve_shared(counts)
        else:
            waits_s = {page: self._missed_or_next_s(page) for page in counts}
        now_s = _now_s()
        for page, wait_s in waits_s.items():
            waits_s[page] = min(wait_s, _LONGEST_WAIT_S)
            self._busy_until_s[page] = now_s + waits_s[page] + counts[page] / self._per_s
        return waits_s

    def _missed_or_next_s(self, page: str) -> float:
        """Return in how many seconds a Page's next slot is; one just gone by is before now."""
        wait_s = self._busy_until_s.get(page, 0) - _now_s()
        # A Page that had nothing to send has missed nothing.
        return wait_s if wait_s > -_MADE_UP_S else 0.0

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
