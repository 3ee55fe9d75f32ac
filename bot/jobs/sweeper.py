"""Erases whom nothing allows us to keep, and destroys keys that have served their time."""

from bot.clock import Clock
from bot.logs import Action, action
from storage import Store


class Sweeper:
    """Erases people whose time is over."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def erase_due(self) -> int:
        """Erase people whose time is over, some hundred at a time; return how many."""
        swept = 0
        while count := await self._store.erase_due(now_ms=self._clock.now_ms()):
            swept += count
        if swept:
            action(Action.PERSON_SWEPT, count=swept)
        return swept

    async def scrub(self) -> None:
        """Finish what an open reader kept from being taken off the disk."""
        await self._store.scrub()

    async def destroy_old_keys(self) -> None:
        """Destroy the keys of past days, and those that belong to nobody."""
        await self._store.destroy_old_keys(now_ms=self._clock.now_ms())
