"""Looks at the queues once a second: for the metrics, for /health, and to slow the intake down."""

from bot.clock import Clock
from bot.health import Health
from bot.inbound.intake import Intake
from bot.metrics import Metrics
from storage import Backlog, StorageError, Store

#: The intake slows down once the oldest event has waited this long, in seconds.
SLOW_FROM_S = 10.0
_MOST_DELAY_S = 1.0


class Gauges:
    """Measures how far behind this deployment is."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics, intake: Intake) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._intake = intake
        self.is_started = False

    async def look(self) -> Health:
        """Measure everything once."""
        now_ms = self._clock.now_ms()
        try:
            async with self._store.read() as tx:
                inbox = await self._store.inbox.backlog(tx)
                outbox = await self._store.outbox.backlog(tx)
                paused = await self._store.pages.list_paused(tx, now_ms=now_ms)
        except StorageError:
            return Health(is_started=self.is_started, is_database_reachable=False)
        ages_s = {"inbox": _age_s(inbox, now_ms), "outbox": _age_s(outbox, now_ms)}
        for queue, age_s in ages_s.items():
            self._metrics.queue_age(queue, age_s)
        self._metrics.pages_paused(len(paused))
        behind_s = ages_s["inbox"] - SLOW_FROM_S
        self._intake.delay_s = min(_MOST_DELAY_S, max(0.0, behind_s / SLOW_FROM_S))
        return Health(
            is_started=self.is_started,
            is_database_reachable=True,
            paused_pages={page.page_id: page.reason for page in paused},
            queue_ages_s=ages_s,
        )


def _age_s(backlog: Backlog, now_ms: int) -> float:
    if backlog.oldest_at_ms is None:
        return 0.0
    return max(0, now_ms - backlog.oldest_at_ms) / 1000
