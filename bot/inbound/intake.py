"""One writer for all requests: what gathers while a transaction runs goes into the next one.

A request is answered only after its events are committed. Handlers hand their events over and
wait; the number of transactions, not that of events, decides how many can be taken.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.inbound.events import WireEvent
from bot.logs import Action, action
from bot.metrics import Metrics
from storage import StorageError, StorageRefused

#: Events in one transaction; more wait for the next.
BATCH_EVENTS = 300
#: So many requests at once are a burst: Meta gives up on an ack long before a person on an answer.
FLOOD_REQUESTS = 16
#: A deadlock or a person erased in between is over the second time.
_TRIES = 3


@dataclass(slots=True)
class _Waiting:
    events: Sequence[WireEvent]
    done: asyncio.Future[None]


class Intake:
    """Gathers events, keeps them in batches, and wakes the dispatcher."""

    def __init__(
        self,
        keep: Callable[[Sequence[WireEvent]], Awaitable[int]],
        metrics: Metrics,
        *,
        wake: Callable[[], None],
    ) -> None:
        self._keep = keep
        self._metrics = metrics
        self._wake = wake
        self._waiting: list[_Waiting] = []
        self._came = asyncio.Event()
        self._is_stopping = False
        #: Requests in the batch that is being written.
        self._in_batch = 0
        #: Seconds to wait before each batch while the dispatcher is far behind.
        self.delay_s = 0.0

    @property
    def is_flooded(self) -> bool:
        """Tell whether requests come in a burst, and nobody waits for an answer too long."""
        return self._in_batch + len(self._waiting) >= FLOOD_REQUESTS and not self.delay_s

    async def keep(self, events: Sequence[WireEvent]) -> None:
        """Return once these events are committed.

        Raises:
            StorageError: They could not be kept; Meta must deliver them again.
        """
        loop = asyncio.get_running_loop()
        parts = [
            _Waiting(events[start : start + BATCH_EVENTS], loop.create_future())
            for start in range(0, len(events), BATCH_EVENTS)
        ]
        self._waiting += parts
        self._came.set()
        await asyncio.gather(*(part.done for part in parts))

    async def run(self) -> None:
        """Write batches until stopped; what was handed over by then is written first."""
        while self._waiting or not self._is_stopping:
            await self._came.wait()
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            batch = self._take()
            self._in_batch = len(batch)
            await self._write(batch)
            self._in_batch = 0

    def stop(self) -> None:
        """Write what was handed over, then end."""
        self._is_stopping = True
        self._came.set()

    def _take(self) -> list[_Waiting]:
        size = 0
        for count, waiting in enumerate(self._waiting):
            size += len(waiting.events)
            if size > BATCH_EVENTS and count:
                batch, self._waiting = self._waiting[:count], self._waiting[count:]
                return batch
        batch, self._waiting = self._waiting, []
        self._came.clear()
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """Write a batch; halve it where the database refuses it, to find the one at fault."""
        if not batch:
            return
        try:
            await self._keep_with_retries([event for one in batch for event in one.events])
        except StorageRefused as refused:
            if len(batch) == 1:
                _fail(batch, refused)
                return
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        except StorageError as trouble:
            reason = str(trouble.facts.get("code", "unknown"))
            name = type(trouble).__name__
            action(Action.DATABASE_FAILED, error_class=name, reason=reason, count=len(batch))
            _fail(batch, trouble)
        else:
            for one in batch:
                if not one.done.done():
                    one.done.set_result(None)

    async def _keep_with_retries(self, events: Sequence[WireEvent]) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                kept = await self._keep(events)
            except StorageRefused:
                if attempt == _TRIES:
                    raise
                continue
            self._metrics.batch("intake", len(events))
            if kept:
                self._wake()
            return


def _fail(batch: Sequence[_Waiting], trouble: StorageError) -> None:
    for one in batch:
        if not one.done.done():
            one.done.set_exception(trouble)
