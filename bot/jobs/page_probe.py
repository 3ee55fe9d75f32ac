"""Asks Messenger whether a paused Page may send again, so that nobody has to remember."""

import asyncio
from collections.abc import Callable, Mapping

from bot.clock import Clock
from bot.logs import Action, action
from bot.outbound.errors import GraphError
from bot.outbound.graph import Graph
from storage import Store
from storage.pages import BLOCKED


class PageProbe:
    """Resumes Pages whose token and permissions work again."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        graphs: Mapping[str, Graph],
        *,
        wake_sender: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._graphs = graphs
        self._wake_sender = wake_sender

    async def resume_mended(self) -> int:
        """Resume the Pages that answer again; return how many."""
        async with self._store.read() as tx:
            paused = await self._store.pages.list_paused(tx, now_ms=self._clock.now_ms())
        # A Page with an end time resumes by itself; one that Meta blocked, when Meta says so.
        asked = [
            page.page_id for page in paused if page.until_ms is None and page.reason != BLOCKED
        ]
        # All at once: one that hangs must not hold up the others, nor the end of the process.
        return sum(await asyncio.gather(*(self._resume_if_mended(page_id) for page_id in asked)))

    async def _resume_if_mended(self, page_id: str) -> bool:
        if not await self._answers(page_id):
            return False
        async with self._store.write() as tx:
            is_resumed = bool(await self._store.pages.resume(tx, [page_id]))
        if is_resumed:
            action(Action.PAGE_RESUMED, page_id=page_id)
            self._wake_sender()
        return is_resumed

    async def _answers(self, page_id: str) -> bool:
        graph = self._graphs.get(page_id)
        if graph is None:
            return False
        try:
            await graph.get(page_id, fields="id")
        except GraphError:
            return False
        return True
