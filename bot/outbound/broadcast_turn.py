"""When it is the turn of broadcasts: after answers, at a pace of their own."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from bot.clock import Clock
from bot.outbound.pacing import ALONG_S, Pace
from bot.settings import Settings
from storage import ClaimedMessage, Store

#: Broadcasts are claimed only where so many calls are free: a claim costs the same for one.
BITE = 50
#: Where none waited, none is looked for again for so long.
_LOOK_AGAIN_S = 0.25
#: From so much of Meta's allowance on broadcasts rest, so that answers still go.
_REST_FROM_PERCENT = 80
_REST_S = 30.0
_MOST_DOUBTS = 3
_HOUR_MS = 3_600_000


class BroadcastTurn:
    """Tells how many parts of broadcasts may be claimed now.

    Args:
        pace: How fast broadcasts are sent, by Page; what they take they take of all slots as well.
        gaps_ms: The least time between two broadcasts for one person, by purpose.
    """

    def __init__(self, pace: Pace, gaps_ms: Mapping[str, int]) -> None:
        self.pace = pace
        self.gaps_ms = gaps_ms
        #: Where none was found: when it is looked again, by Page.
        self._look_at_s: dict[str, float] = {}
        #: How many calls in a row ended in doubt, by Page.
        self._doubts: dict[str, int] = {}

    def list_open(self, pages: Iterable[str]) -> list[str]:
        """Return the Pages whose broadcasts may be claimed now, and may be there."""
        now_s = _now_s()
        some = [one for one in pages if self._look_at_s.get(one, 0) <= now_s]
        # One claim for many Pages costs little more than for one.
        return self.pace.list_open(some, ALONG_S) if self.pace.list_open(some) else []

    def heed(self, page: str, usage_percent: int) -> None:
        """Take in that Meta took one: broadcasts rest where it says that little is left."""
        self._doubts.pop(page, None)
        if usage_percent >= _REST_FROM_PERCENT:
            self.pace.rest(page, for_s=_REST_S)

    def doubted(self, page: str) -> None:
        """Take in that nobody knows what became of a call: several in a row, and it rests.

        Marketing in doubt is never sent again, so a Messenger that is down must not use it up.
        """
        self._doubts[page] = self._doubts.get(page, 0) + 1
        if self._doubts[page] >= _MOST_DOUBTS:
            self.pace.rest(page, for_s=_REST_S)

    def look_now(self) -> None:
        """Take in that there are some, wherever none were found."""
        self._look_at_s.clear()

    def found(self, some: Sequence[ClaimedMessage], *, among: Iterable[str], limit: int) -> None:
        """Take in what was claimed: where there was room for more, the other Pages have none."""
        if len(some) < limit:
            empty = set(among) - {one.page_id for one in some}
            self._look_at_s.update(dict.fromkeys(empty, _now_s() + _LOOK_AGAIN_S))


def turn_of(settings: Settings, store: Store, clock: Clock) -> BroadcastTurn:
    """Return a deployment's turn, as its settings have it."""
    pace = Pace(store, clock, per_s=settings.pace.broadcasts_per_s, of="broadcasts")
    return BroadcastTurn(pace, gaps_of(settings))


def gaps_of(settings: Settings) -> dict[str, int]:
    """Return the least time between two broadcasts for one person, by purpose."""
    return {one.id: one.hours_between * _HOUR_MS for one in settings.purposes}


def _now_s() -> float:
    return asyncio.get_running_loop().time()
