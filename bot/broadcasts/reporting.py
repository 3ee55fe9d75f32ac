"""What came of a broadcast: how many by which way, and why not the others."""

from dataclasses import dataclass

from storage import Store, Transaction
from storage.broadcasts.records import OPEN, Broadcast, Count, Run


@dataclass(frozen=True, slots=True)
class Report:
    """A broadcast, its runs, and what became of everybody they were about."""

    broadcast: Broadcast
    runs: tuple[Run, ...]
    #: Of all runs together.
    counts: tuple[Count, ...]

    @property
    def audience(self) -> int:
        """Return how many deliveries there are in all, those to nobody included."""
        return sum(one.count for one in self.counts)

    @property
    def open(self) -> int:
        """Return how many are not decided yet."""
        return sum(one.count for one in self.counts if one.outcome in OPEN)

    def of(self, outcome: str) -> int:
        """Return how many came to this."""
        return sum(one.count for one in self.counts if one.outcome == outcome)


async def report_of(tx: Transaction, store: Store, broadcast: Broadcast) -> Report:
    """Count a broadcast's deliveries."""
    runs = await store.runs.list_of(tx, broadcast.number)
    counts = await store.deliveries.count(tx, [run.run_id for run in runs])
    return Report(broadcast, tuple(runs), tuple(counts))
