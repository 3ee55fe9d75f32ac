"""Counters and health, as this machine may read them."""

from datetime import UTC, datetime

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from bot.health import Health, health_app
from bot.metrics import MAX_LABEL_VALUES, Metrics


def values(metrics: Metrics) -> dict[str, float]:
    """Return the exposition as a mapping from series to value."""
    text = metrics.exposition().decode()
    rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in rows}


def test_everything_counted_is_exposed() -> None:
    """Each verb moves the series that is named after it."""
    metrics = Metrics()
    metrics.started(datetime(2026, 1, 1, tzinfo=UTC))
    metrics.event_in("message", 3)
    metrics.ack(200)
    metrics.unsupported("call_settings")
    metrics.sent("delivered")
    metrics.in_doubt()
    metrics.sent_twice()
    metrics.parked(2)
    metrics.log_field_dropped()
    metrics.batch("intake", 7)
    metrics.queue_age("inbox", 1.5)
    metrics.pages_paused(1)
    shown = values(metrics)
    assert shown["chatmagico_start_time_seconds"] == 1767225600
    assert shown['chatmagico_events_in_total{kind="message"}'] == 3
    assert shown['chatmagico_acks_total{status="200"}'] == 1
    assert shown['chatmagico_unsupported_events_total{kind="call_settings"}'] == 1
    assert shown['chatmagico_sends_total{outcome="delivered"}'] == 1
    assert shown["chatmagico_sends_in_doubt_total"] == 1
    assert shown["chatmagico_sent_twice_total"] == 1
    assert shown["chatmagico_events_parked_total"] == 2
    assert shown["chatmagico_log_fields_dropped_total"] == 1
    assert shown['chatmagico_batch_size_sum{stage="intake"}'] == 7
    assert shown['chatmagico_queue_age_seconds{queue="inbox"}'] == 1.5
    assert shown["chatmagico_pages_paused"] == 1


def test_what_shows_whether_a_page_works_is_counted_by_page() -> None:
    """What people do there, and our own messages that came back."""
    metrics = Metrics()
    metrics.page_event_in("555000111")
    metrics.page_event_in("555000222")
    metrics.page_echo("555000111")
    shown = values(metrics)
    assert shown['chatmagico_page_events_in_total{page="555000111"}'] == 1
    assert shown['chatmagico_page_echoes_total{page="555000111"}'] == 1
    assert 'chatmagico_page_echoes_total{page="555000222"}' not in shown


def test_two_processes_worth_of_metrics_do_not_mix() -> None:
    """Each instance has a registry of its own."""
    one, other = Metrics(), Metrics()
    one.parked()
    assert values(other)["chatmagico_events_parked_total"] == 0


def test_labels_from_outside_cannot_grow_or_speak() -> None:
    """Kinds that came over the wire are counted as other when odd or too many."""
    metrics = Metrics()
    metrics.unsupported("Hello, my name is")
    for number in range(MAX_LABEL_VALUES + 10):
        metrics.unsupported(f"kind_{number}")
    series = [name for name in values(metrics) if name.startswith("chatmagico_unsupported")]
    assert len([name for name in series if "_total" in name]) == MAX_LABEL_VALUES + 1
    assert values(metrics)['chatmagico_unsupported_events_total{kind="other"}'] == 11


@pytest.mark.parametrize(
    ("health", "status", "word"),
    [
        (Health(is_started=True, is_database_reachable=True), 200, "ok"),
        (Health(is_started=False, is_database_reachable=True), 503, "starting"),
        (Health(is_started=True, is_database_reachable=False), 503, "degraded"),
        (
            Health(is_started=True, is_database_reachable=True, paused_pages={"11": "token"}),
            200,
            "degraded",
        ),
    ],
)
async def test_health_tells_what_is_amiss(
    aiohttp_client: AiohttpClient, health: Health, status: int, word: str
) -> None:
    """/health says in a word how the process is, and 503 while webhooks cannot be kept."""

    async def report() -> Health:
        return health

    client = await aiohttp_client(health_app(report, exposition=Metrics().exposition))
    answer = await client.get("/health")
    body = await answer.json()
    assert (answer.status, body["status"]) == (status, word)
    assert body["paused_pages"] == dict(health.paused_pages)


async def test_metrics_are_served_as_text(aiohttp_client: AiohttpClient) -> None:
    """/metrics answers in the format that Prometheus reads."""

    async def report() -> Health:
        return Health(is_started=True, is_database_reachable=True, queue_ages_s={"inbox": 0.12345})

    client = await aiohttp_client(health_app(report, exposition=Metrics().exposition))
    answer = await client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "chatmagico_events_parked_total 0.0" in await answer.text()
    assert (await (await client.get("/health")).json())["queue_ages_s"] == {"inbox": 0.123}
