"""Asks Messenger now and then whether it still takes each Page's token, and posts us its events."""

import asyncio
from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.outbound.errors import GraphError
from bot.outbound.graph import Graph
from bot.readiness.pages import NEEDED, fields_of
from bot.retiring.messenger import NO_VERDICT
from storage import Store
from storage.alerts import AlertKind


class PageCheck:
    """Raises and settles what only Messenger can tell of a Page."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        graphs: Mapping[str, Graph],
        *,
        app_id: str,
        is_ended: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._clock = clock
        self._graphs = graphs
        self._app_id = app_id
        #: A Page whose bot has ended is not missed.
        self._is_ended = is_ended

    async def ask(self) -> None:
        """Ask for every Page, all at once: one that hangs must not hold up the others."""
        served = [page_id for page_id in self._graphs if not self._is_ended(page_id)]
        await asyncio.gather(*(self._ask(page_id) for page_id in served))

    async def _ask(self, page_id: str) -> None:
        graph = self._graphs[page_id]
        try:
            subscribed = await graph.get(f"{page_id}/subscribed_apps")
        except NO_VERDICT:
            return
        except GraphError:
            await self._note(page_id, {AlertKind.TOKEN_REFUSED: True})
            return
        fields = fields_of(subscribed.get("data"), self._app_id)
        is_missing = not fields.issuperset(NEEDED)
        await self._note(
            page_id, {AlertKind.TOKEN_REFUSED: False, AlertKind.NOT_SUBSCRIBED: is_missing}
        )

    async def _note(self, page_id: str, found: Mapping[AlertKind, bool]) -> None:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            for kind, stands in found.items():
                act = self._store.alerts.raise_ if stands else self._store.alerts.settle
                await act(tx, kind, page_id, now_ms=now_ms)
