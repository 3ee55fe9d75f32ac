"""Puts due timers into the inbox, where they are events like any other."""

from collections.abc import Callable

from bot.clock import Clock
from bot.turns.own_events import timed_out
from storage import Store

_AT_ONCE = 500


class TimerJob:
    """Fires the timers of places in which nobody answered."""

    def __init__(self, store: Store, clock: Clock, *, wake: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    async def fire_due(self) -> int:
        """Hand due timers to the dispatcher; return how many."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.timers.is_due(tx, now_ms=now_ms):
                return 0
        async with self._store.write() as tx:
            due = await self._store.timers.take_due(tx, now_ms=now_ms, limit=_AT_ONCE)
            events = [
                timed_out(person, due_at_ms, now_ms=now_ms) for person, due_at_ms in due.items()
            ]
            await self._store.inbox.add(tx, events)
        if due:
            self._wake()
        return len(due)
