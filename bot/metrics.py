"""Counters and gauges of one process, for Prometheus. Labels come from short closed lists."""

import re
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

#: The most different values one label may take; later ones are counted as "other".
MAX_LABEL_VALUES: Final = 64
_OTHER: Final = "other"
_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9_.]{0,39}", re.ASCII)
_BATCH_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class _Counts:
    """One counter with one label, whose children are looked up once."""

    def __init__(self, registry: CollectorRegistry, name: str, label: str, told: str) -> None:
        self._counter = Counter(f"chatmagico_{name}", told, [label], registry=registry)
        self._children: dict[str, Counter] = {}

    def add(self, value: str, amount: int = 1) -> None:
        """Count `amount` more under this label value."""
        child = self._children.get(value)
        if child is None:
            child = self._bind(value)
        child.inc(amount)

    def _bind(self, value: str) -> Counter:
        if len(self._children) >= MAX_LABEL_VALUES or not _LABEL.fullmatch(value):
            return self._counter.labels(_OTHER)
        return self._children.setdefault(value, self._counter.labels(value))


class Metrics:
    """What one process counts, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._events = _Counts(registry, "events_in", "kind", "Events received.")
        self._acks = _Counts(registry, "acks", "status", "Webhook answers by HTTP status.")
        self._sends = _Counts(registry, "sends", "outcome", "Graph API sends by outcome.")
        self._mails = _Counts(registry, "mails", "outcome", "Mails by outcome.")
        self._page_events = _Counts(registry, "page_events_in", "page", "What people did there.")
        self._page_echoes = _Counts(registry, "page_echoes", "page", "Our messages, echoed.")
        self._tellings = _Counts(
            registry, "erasures_passed_on", "outcome", "Erasures passed on, by outcome."
        )
        self._unsupported = _Counts(registry, "unsupported_events", "kind", "Events not known.")
        self._in_doubt = _counter(registry, "sends_in_doubt", "Sends whose fate was unknown.")
        self._twice = _counter(registry, "sent_twice", "Messages that may have arrived twice.")
        self._parked = _counter(registry, "events_parked", "Events given up, kept for a person.")
        self._unknown = _counter(
            registry, "texts_not_understood", "Texts that the bot had no answer to."
        )
        self._dropped = _counter(registry, "log_fields_dropped", "Log fields not listed.")
        self._lost = _gauge(registry, "keys_lost", "People not erased whose key is missing.")
        self._paused = _gauge(registry, "pages_paused", "Pages that may not send now.")
        self._started = _gauge(registry, "start_time_seconds", "Start, seconds since the epoch.")
        self._ages = Gauge(
            "chatmagico_queue_age_seconds", "Age of the oldest row.", ["queue"], registry=registry
        )
        self._batches = Histogram(
            "chatmagico_batch_size",
            "Rows per transaction.",
            ["stage"],
            registry=registry,
            buckets=_BATCH_SIZES,
        )
        self._stages: dict[str, Histogram] = {}
        self._queues: dict[str, Gauge] = {}

    def event_in(self, kind: str, count: int = 1) -> None:
        """Count events received, by kind."""
        self._events.add(kind, count)

    def page_event_in(self, page_id: str) -> None:
        """Count one event that a person of a Page caused."""
        self._page_events.add(page_id)

    def page_echo(self, page_id: str) -> None:
        """Count one echo of a message that this bot sent for a Page."""
        self._page_echoes.add(page_id)

    def ack(self, status: int) -> None:
        """Count one answer to the webhook, by HTTP status."""
        self._acks.add(str(status))

    def unsupported(self, kind: str) -> None:
        """Count one event that the bot does not know."""
        self._unsupported.add(kind)

    def sent(self, outcome: str) -> None:
        """Count one finished call to the Graph API, by outcome."""
        self._sends.add(outcome)

    def mailed(self, outcome: str) -> None:
        """Count one mail, by what became of it."""
        self._mails.add(outcome)

    def passed_on(self, outcome: str, count: int = 1) -> None:
        """Count erasures that recipients were told of, by what became of it."""
        self._tellings.add(outcome, count)

    def in_doubt(self, count: int = 1) -> None:
        """Count sends whose fate is unknown until an echo tells it."""
        self._in_doubt.inc(count)

    def sent_twice(self, count: int = 1) -> None:
        """Count messages that were sent again without knowing that the first was lost."""
        self._twice.inc(count)

    def parked(self, count: int = 1) -> None:
        """Count events that were given up and wait for a person."""
        self._parked.inc(count)

    def not_understood(self, count: int) -> None:
        """Count texts that the bot had no answer to; what they said is not kept."""
        self._unknown.inc(count)

    def log_field_dropped(self) -> None:
        """Count one log field that was not allowed out."""
        self._dropped.inc()

    def batch(self, stage: str, size: int) -> None:
        """Note how many rows one transaction of this stage carried."""
        if stage not in self._stages:
            self._stages[stage] = self._batches.labels(stage)
        self._stages[stage].observe(size)

    def queue_age(self, queue: str, seconds: float) -> None:
        """Tell the age of the oldest row in a queue; 0 where it is empty."""
        if queue not in self._queues:
            self._queues[queue] = self._ages.labels(queue)
        self._queues[queue].set(seconds)

    def keys_lost(self, count: int) -> None:
        """Tell how many people's keys are missing although nobody erased them."""
        self._lost.set(count)

    def pages_paused(self, count: int) -> None:
        """Tell how many Pages may not send now."""
        self._paused.set(count)

    def started(self, at: datetime) -> None:
        """Tell when this process began to serve."""
        self._started.set(at.timestamp())

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


def _counter(registry: CollectorRegistry, name: str, told: str) -> Counter:
    return Counter(f"chatmagico_{name}", told, registry=registry)


def _gauge(registry: CollectorRegistry, name: str, told: str) -> Gauge:
    return Gauge(f"chatmagico_{name}", told, registry=registry)
