"""Compares this machine's clock with the database's: windows, order and due dates hang on it."""

from typing import Final

from bot.clock import Clock, MovableClock
from bot.logs import Action, action
from storage import Store
from storage.alerts import AlertKind
from storage.clocks import ahead_ms
from storage.errors import ClockWrong
from storage.nodes import Node, list_alive

#: Two nodes are then at most twice as far from each other.
MOST_MS: Final = 5_000


async def require_right_clock(store: Store, clock: Clock) -> None:
    """Refuse to serve with a clock that is wrong.

    Raises:
        ClockWrong: It is too far from the database's.
    """
    ahead = await _ahead_ms(store, clock)
    if abs(ahead) > MOST_MS:
        raise ClockWrong(ahead_ms=ahead, at_most_ms=MOST_MS)


class ClockCheck:
    """Raises and settles the alert of this node's clock."""

    def __init__(self, store: Store, clock: Clock, node: Node) -> None:
        self._store = store
        self._clock = clock
        self._node = node

    async def look(self) -> None:
        """Look once; what was said of nodes that are gone is settled, too."""
        ahead, alerts = await _ahead_ms(self._store, self._clock), self._store.alerts
        own, now_ms = self._node.node_id, self._clock.now_ms()
        is_wrong = abs(ahead) > MOST_MS
        async with self._store.write() as tx:
            alive = await list_alive(self._store.main, tx, self._node)
            standing = [one for one in alive if one != own or is_wrong]
            await alerts.settle_others(tx, AlertKind.CLOCK, standing, now_ms=now_ms)
            if is_wrong:
                await alerts.raise_(tx, AlertKind.CLOCK, own, now_ms=now_ms)
        if is_wrong:
            action(Action.CLOCK_WRONG, duration_ms=ahead)


async def _ahead_ms(store: Store, clock: Clock) -> int:
    """Return by how much the clock is ahead; one that is moved on purpose is let be."""
    return 0 if isinstance(clock, MovableClock) else await ahead_ms(store.main, clock.now_ms)
