"""A bot that runs: its parts in the order in which they start and stop."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from bot import pages
from bot.health import Health, health_app
from bot.inbound.deadline import listen, runner_of
from bot.inbound.forwarded import https_only
from bot.inbound.intake import Intake
from bot.inbound.webhook import MAX_BODY_BYTES, Door, routes
from bot.jobs.gauges import Gauges
from bot.jobs.membership import Membership
from bot.jobs.rotation import Rotation
from bot.jobs.scheduler import Scheduler
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.outbound.outcomes import Outcomes
from bot.outbound.sender import Sender
from bot.policy.terms import Terms
from bot.settings import Settings
from bot.turns.dispatcher import Dispatcher
from storage import StorageError, Store

#: Open requests may take this long to end before the process leaves, in seconds.
_DRAIN_S = 10.0


class Part(Protocol):
    """A loop of its own."""

    async def run(self) -> None:
        """Go on until stopped."""

    def stop(self) -> None:
        """Finish what has begun, then end `run`."""


@dataclass(kw_only=True)
class Bot:
    """Every part of one running bot, made by `app.py`."""

    settings: Settings
    terms: Terms
    store: Store
    metrics: Metrics
    gauges: Gauges
    scheduler: Scheduler
    door: Door
    callbacks: pages.Callbacks
    desks: pages.Desks
    intake: Intake
    dispatcher: Dispatcher
    outcomes: Outcomes
    sender: Sender
    membership: Membership
    rotation: Rotation
    learn_credentials: Callable[[], Awaitable[None]]
    #: Where it listens, once started.
    port: int = 0
    metrics_port: int = 0
    #: Ends with the error of a part that broke; a bot with a broken part must not go on.
    broken: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    _tasks: dict[Part, asyncio.Task[None]] = field(default_factory=dict)
    _runners: list[web.AppRunner] = field(default_factory=list)
    _servers: list[asyncio.Server] = field(default_factory=list)

    async def start(self) -> None:
        """Start every part; the door opens last."""
        for part in (self.membership, self.outcomes, self.sender, self.dispatcher, self.intake):
            self._run(part)
        self.scheduler.start()
        health = health_app(self._health, exposition=self.metrics.exposition)
        where = self.settings.metrics
        self.metrics_port = await self._listen(health, where.host, where.port)
        server = self.settings.server
        self.port = await self._listen(self._front(), server.host, server.port, tls=self._tls())
        self.gauges.is_started = True
        action(Action.SERVER_STARTED, port=self.port)

    async def stop(self) -> None:
        """Take nothing in, finish what has begun, and leave nothing in doubt."""
        self.gauges.is_started = False
        for server in self._servers:
            server.close()
        for runner in self._runners:
            await runner.cleanup()
        await self.scheduler.stop()
        for part in (self.intake, self.dispatcher, self.sender, self.outcomes, self.membership):
            part.stop()
            await asyncio.wait([self._tasks[part]])
        action(Action.SERVER_STOPPED)

    async def learn_secrets(self) -> None:
        """Read the secrets again; those in memory stay where that fails."""
        try:
            await self.learn_credentials()
            await self.rotation.learn()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)

    def _run(self, part: Part) -> None:
        task = asyncio.create_task(part.run(), name=type(part).__name__)
        task.add_done_callback(self._notice)
        self._tasks[part] = task

    def _notice(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None or self.broken.done():
            return
        fault = task.exception()
        action(Action.SERVER_CRASHED, kind=task.get_name(), error_class=type(fault).__name__)
        self.broken.set_exception(fault or RuntimeError)

    async def _health(self) -> Health:
        return await self.gauges.look()

    def _front(self) -> web.Application:
        settings = self.settings
        guard = https_only(
            settings.server.trusted_proxies, allows_loopback=not settings.is_production
        )
        front = web.Application(
            middlewares=[pages.guard_all, guard], client_max_size=MAX_BODY_BYTES
        )
        url = settings.server.public_url
        own = pages.routes(self._press(), self.callbacks, self.desks, url=url)
        front.add_routes([*routes(self.door), *own])
        return front

    def _press(self) -> pages.Press:
        """Return what prints the pages as the notice in force has them, now and later."""
        terms = self.terms
        press = pages.Press(pages.Pages.of(terms.settings), terms.published)
        terms.on_renewal(lambda: press.renew(pages.Pages.of(terms.settings), terms.published))
        return press

    def _tls(self) -> ssl.SSLContext | None:
        server = self.settings.server
        if server.tls_certificate_file is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(server.tls_certificate_file, server.tls_key_file)
        return context

    async def _listen(
        self, app: web.Application, host: str, port: int, *, tls: ssl.SSLContext | None = None
    ) -> int:
        runner = runner_of(app, drain_s=_DRAIN_S)
        await runner.setup()
        self._runners.append(runner)
        server = await listen(runner, host=host, port=port, ssl=tls)
        self._servers.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found
