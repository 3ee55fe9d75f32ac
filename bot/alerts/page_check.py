"""Asks Messenger now and then whether it still takes each Page's token, and posts us its events.

A subscription that has ended is mended here and now; told is what can't be.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from bot.clock import Clock
from bot.outbound.errors import GraphError, PageTrouble
from bot.outbound.subscribing import Subscribing
from bot.retiring.messenger import NO_VERDICT
from storage import Store
from storage.alerts import AlertKind, Stage

_DAY_MS: Final = 86_400_000
#: So long before its end a token is told of.
ENDING_DAYS: Final = (14, 3)


class PageCheck:
    """Raises and settles what only Messenger can tell of a Page."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        subscribing: Subscribing,
        *,
        is_ended: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._subscribing = subscribing
        #: A Page whose bot has ended is not missed, and never subscribed again.
        self._is_ended = is_ended

    async def ask(self) -> None:
        """Ask for every Page, all at once: one that hangs must not hold up the others."""
        is_app_right = await self._is_app_right()
        served = [one for one in self._subscribing.lines if not self._is_ended(one)]
        await asyncio.gather(
            *(self._ask(page_id, is_app_right=is_app_right) for page_id in served),
            *(self._ask_for_end(page_id) for page_id in served),
        )

    async def _is_app_right(self) -> bool:
        """Tell whether Meta posts to us, as far as it says so."""
        try:
            return await self._subscribing.mend_app()
        except (*NO_VERDICT, PageTrouble):
            return True  # an app secret that is refused shows in every Page's own calls
        except GraphError:
            return False  # such as 2200: Meta asked the webhook, and had no answer

    async def _ask(self, page_id: str, *, is_app_right: bool) -> None:
        try:
            fields = await self._subscribing.page_fields(page_id)
        except NO_VERDICT:
            return
        except GraphError:
            await self._note(page_id, {AlertKind.TOKEN_REFUSED: True})
            return
        try:
            is_right = await self._subscribing.mend_page(page_id, fields)
        except NO_VERDICT:
            return
        except GraphError:
            is_right = False
        stands = not (is_right and is_app_right)
        await self._note(
            page_id, {AlertKind.TOKEN_REFUSED: False, AlertKind.NOT_SUBSCRIBED: stands}
        )

    async def _ask_for_end(self, page_id: str) -> None:
        """Tell of a token that ends soon."""
        end_ms = await self._subscribing.app.ends_at_ms(self._subscribing.lines[page_id].token)
        now_ms = self._clock.now_ms()
        is_near = end_ms is not None and end_ms - now_ms <= ENDING_DAYS[0] * _DAY_MS
        async with self._store.write(is_quick=True) as tx:
            alerts, kind = self._store.alerts, AlertKind.TOKEN_ENDS
            if end_ms is None or not is_near:
                await alerts.settle(tx, kind, page_id, now_ms=now_ms)
                return
            stages = [Stage(f"{days} days", end_ms - days * _DAY_MS) for days in ENDING_DAYS]
            await alerts.raise_(tx, kind, page_id, now_ms=now_ms, stages=stages)

    async def _note(self, page_id: str, found: Mapping[AlertKind, bool]) -> None:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            for kind, stands in found.items():
                act = self._store.alerts.raise_ if stands else self._store.alerts.settle
                await act(tx, kind, page_id, now_ms=now_ms)
