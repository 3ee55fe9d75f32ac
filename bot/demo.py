"""A bot and a Messenger in one process, on loopback, with one clock: to look at and to try."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.app import running
from bot.clock import Clock, MovableClock, SystemClock
from bot.demo_admin import DemoAdmin
from bot.outbound.graph import open_session
from bot.outbound.lines import graphs
from bot.outbound.profile import PageProfile
from bot.sample import Ports, Sample, make_sample
from bot.serving import Bot
from bot.settings import Settings
from bot.simulator import Simulator
from bot.site import sites
from flows import profile
from storage.vault.secrets import FileSecrets

PORTS = Ports(bot=8080, page=8090, metrics=8081)
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Demo:
    """What runs until the end of `demonstrating`."""

    bot: Bot
    simulator: Simulator


@asynccontextmanager
async def demonstrating(folder: Path, ports: Ports) -> AsyncIterator[Demo]:
    """Run a Messenger and a bot that keeps its data below `folder`.

    Raises:
        StorageError: The databases or keys can't be used; its advice says what to do.
    """
    sample = make_sample(folder, ports)
    (folder / "data").mkdir(parents=True, exist_ok=True, mode=0o700)
    clock = kept_clock(folder / "data" / "demo.clock")
    simulator = simulated(sample, clock)
    await simulator.start()
    try:
        settings = sample.settings(simulator.graph_url)
        FileSecrets(settings.keys.file).create()
        async with running(settings, clock) as bot:
            await _prepare(settings, bot, simulator)
            admin = DemoAdmin(bot.store, clock, folder / "keys" / "demo.totp")
            simulator.authenticator = admin.shown
            yield Demo(bot, simulator)
    finally:
        await simulator.stop()


def simulated(sample: Sample, clock: Clock) -> Simulator:
    """Return a Messenger that knows the app and the Pages of `sample`."""
    return Simulator(
        clock,
        pages=sample.pages,
        app_id=sample.app_id,
        app_secret=sample.app_secret,
        verify_token=sample.verify_token,
        webhook_url=sample.webhook_url,
        port=sample.ports.page,
    )


def kept_clock(file: Path) -> MovableClock:
    """Return a clock that goes on where it was moved to: to what is kept, time never runs back."""
    clock = MovableClock()
    with suppress(FileNotFoundError, ValueError):
        clock.move(float(file.read_text(encoding="ascii")))

    def keep() -> None:
        ahead = clock.now() - SystemClock().now()
        file.write_text(f"{ahead.total_seconds():.0f}\n", encoding="ascii")

    clock.on_move(keep)
    return clock


def free_ports(wanted: Ports) -> Ports:
    """Return these ports, each replaced by another where something listens on it."""
    return Ports(
        bot=_free_port(wanted.bot),
        page=_free_port(wanted.page),
        metrics=_free_port(wanted.metrics),
    )


async def _prepare(settings: Settings, bot: Bot, simulator: Simulator) -> None:
    """Show the Pages' profiles, and make sure that both sides answer."""
    known = sites(settings)
    async with open_session() as session:
        for page_id, line in graphs(settings, session).items():
            page = PageProfile(line, rest=_never)
            await page.apply(await page.compare(profile(known[page_id])))
        for url in (f"http://{_HOST}:{bot.metrics_port}/health", simulator.url):
            async with session.get(url) as answer:
                answer.raise_for_status()


async def _never(_seconds: float) -> None:
    """Messenger's limit is out of reach: each start brings a new Messenger."""


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, wanted))
        except OSError:
            probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    return port
