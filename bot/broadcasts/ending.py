"""The end of deliveries, runs and broadcasts: it is looked for often, and written where it came."""

from collections.abc import Awaitable, Callable

from bot.broadcasts.leave import MORE
from bot.logs import Action, action
from storage import Store, Transaction
from storage.broadcasts.records import RunId

#: With one in so many failing, going on would do harm.
FAILING_ONE_IN = 5
#: So many deliveries end in one transaction.
_PORTION = 200
_RUNS_AT_ONCE = 20


class Ending:
    """Ends what is over, of no use any more, or cancelled; pauses what should not go on."""

    def __init__(
        self, store: Store, tell: Callable[[Transaction, int, str], Awaitable[None]]
    ) -> None:
        self._store = store
        self._tell = tell

    async def end(self, *, now_ms: int) -> None:
        """End what is of no use any more, and runs and broadcasts of which nothing is left."""
        # Nobody who writes waits while it is looked for.
        async with self._store.read() as tx:
            if not await self._is_anything_over(tx, now_ms):
                return
        async with self._store.write() as tx:
            for run in await self._store.runs.take(tx, "sending", limit=_RUNS_AT_ONCE):
                await self._store.expiring.end_late(tx, run.run_id, now_ms=now_ms, limit=_PORTION)
                if await self._fails(tx, run.run_id):
                    await self.pause(tx, run.number, "too many fail")
            await self._store.expiring.end_lost(tx, now_ms=now_ms, limit=_PORTION)
            for number in await self._store.runs.end_those_done(tx, now_ms=now_ms):
                await self._tell(tx, number, "over")
            for number in await self._store.broadcasts.end_those_over(tx):
                action(Action.BROADCAST_OVER, number=number)

    async def drop_cancelled(self, *, now_ms: int) -> None:
        """Drop some of what waits of cancelled broadcasts; once nothing is left, end their runs."""
        async with self._store.read(is_quick=True) as tx:
            cancelled = await self._store.runs.list_cancelled(tx)
        for run in cancelled:
            async with self._store.write() as tx:
                dropped = await self._store.drop_of_run(
                    tx, run.run_id, now_ms=now_ms, limit=_PORTION
                )
                if not dropped:
                    await self._store.runs.move(tx, run.run_id, "cancelled", now_ms=now_ms)

    async def pause(self, tx: Transaction, number: int, reason: str) -> None:
        """Hold a broadcast until an admin lets it go on, and say so."""
        if await self._store.broadcasts.move(
            tx, number, from_=("scheduled",), to="paused", reason=reason
        ):
            action(Action.BROADCAST_STOPPED, number=number, reason=reason)
            why = MORE.get(reason, reason)
            told = f"paused, because {why}; /broadcasts {number} lets it go on, or ends it"
            await self._tell(tx, number, told)

    async def _is_anything_over(self, tx: Transaction, now_ms: int) -> bool:
        store = self._store
        if (
            await store.expiring.is_any_late(tx, now_ms=now_ms)
            or await store.expiring.is_any_lost(tx, now_ms=now_ms)
            or await store.runs.is_any_done(tx)
            or await store.broadcasts.is_any_over(tx)
        ):
            return True
        on = await store.runs.list_on(tx)
        return any([await self._fails(tx, run.run_id) for run in on if run.state == "sending"])

    async def _fails(self, tx: Transaction, run_id: RunId) -> bool:
        return await self._store.deliveries.fails_too_often(tx, run_id, one_in=FAILING_ONE_IN)
