"""What this machine may ask about the running process: /health and /metrics, on loopback."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Health:
    """How the process is. Holds names of Pages and queues, nothing of people."""

    #: True from the moment on which webhooks are taken.
    is_started: bool
    is_database_reachable: bool
    #: Why each Page that may not send is paused, by Page id; empty when all may.
    paused_pages: Mapping[str, str] = field(default_factory=dict)
    #: Age of the oldest row of each queue, in seconds; 0 where it is empty.
    queue_ages_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def status(self) -> Literal["ok", "degraded", "starting"]:
        """Return "starting" before webhooks are taken, "degraded" when something is amiss."""
        if not self.is_started:
            return "starting"
        return "ok" if self.is_database_reachable and not self.paused_pages else "degraded"

    @property
    def is_ready(self) -> bool:
        """Tell whether webhooks can be kept; a paused Page does not stop that."""
        return self.is_started and self.is_database_reachable


def health_app(
    report: Callable[[], Awaitable[Health]], *, exposition: Callable[[], bytes]
) -> web.Application:
    """Return the application for the loopback port.

    Args:
        report: Tells how the process is; called for each request to /health.
        exposition: Returns the metrics in Prometheus' text format.
    """

    async def health(_request: web.Request) -> web.Response:
        """Answer 200 while webhooks are kept, 503 otherwise; always with the details."""
        now = await report()
        return web.json_response(_details(now), status=200 if now.is_ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        """Answer with the metrics."""
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=exposition(), headers=headers)

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/metrics", metrics)])
    return app


def _details(now: Health) -> dict[str, object]:
    return {
        "status": now.status,
        "database": "reachable" if now.is_database_reachable else "unreachable",
        "paused_pages": dict(now.paused_pages),
        "queue_ages_s": {name: round(age, 3) for name, age in now.queue_ages_s.items()},
    }
