"""News that waits for its person: sent when they want it, dropped when they don't."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from bot.broadcasts.printing import Printer
from flows.kit.found import Found
from storage import KnownPerson, Store, Transaction
from storage.broadcasts.records import DueDelivery

#: So many are shown at once; the rest is offered again.
MOST_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class WaitingNews:
    """Answers what somebody tapped who was offered what waits."""

    store: Store
    printer: Printer
    now_ms: Callable[[], int]

    async def tell(self, tx: Transaction, person: KnownPerson, *, is_wanted: bool) -> Found:
        """Queue what waits, or drop it for good; return how much it was."""
        now_ms, deliveries = self.now_ms(), self.store.deliveries
        waiting = await deliveries.take_waiting(
            tx, person.person_id, now_ms=now_ms, limit=MOST_AT_ONCE
        )
        if is_wanted:
            await self._queue(tx, waiting, now_ms)
        else:
            ids = [one.delivery_id for _, one in waiting]
            await deliveries.end(tx, ids, "declined", now_ms=now_ms)
        facts = {"count": str(len(waiting)), "is_wanted": "yes" if is_wanted else "no"}
        return Found("news_told", facts=facts)

    async def _queue(
        self, tx: Transaction, waiting: list[tuple[int, DueDelivery]], now_ms: int
    ) -> None:
        by_number: dict[int, list[DueDelivery]] = defaultdict(list)
        for number, one in waiting:
            by_number[number].append(one)
        for number, due in by_number.items():
            broadcast = await self.store.broadcasts.get(tx, number)
            if broadcast is None:
                continue
            made = await self.printer.make(tx, broadcast, due, now_ms=now_ms)
            ids = [one.delivery_id for one in due]
            await self.store.deliveries.mark_queued(tx, ids, now_ms=now_ms)
            await self.store.outbox.add(tx, made.messages)
