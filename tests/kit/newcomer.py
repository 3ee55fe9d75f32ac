"""Somebody with an empty folder and the command line: what they type, and what they are told."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.settings.edited import with_key
from bot.simulator import Simulator
from tests.kit.deployment import APP_ID, APP_SECRET, PAGES, VERIFY_TOKEN
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port

ROOT = Path(__file__).parents[2]


class Running:
    """A command that runs, and what it said so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""
        self._more = asyncio.Condition()
        self._readers = [
            asyncio.create_task(self._read(stream))
            for stream in (process.stdout, process.stderr)
            if stream
        ]

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(4096):
            async with self._more:
                self.said += chunk.decode()
                self._more.notify_all()
        async with self._more:
            self._more.notify_all()

    async def says(self, part: str, *, timeout_s: float = PATIENCE_S) -> None:
        """Wait until it has said this."""
        try:
            async with asyncio.timeout(timeout_s), self._more:
                await self._more.wait_for(lambda: part in self.said)
        except TimeoutError:
            raise AssertionError(self.said) from None

    async def types(self, *lines: str) -> None:
        """Type lines into it."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("".join(f"{line}\n" for line in lines).encode())
        await stdin.drain()

    async def ends(self) -> int:
        """Wait for its end, and return its exit code."""
        async with asyncio.timeout(PATIENCE_S):
            code = await self._process.wait()
            await asyncio.gather(*self._readers)
        return code

    async def stop(self) -> None:
        """End it, as a supervisor does."""
        if self._process.returncode is None:
            self._process.terminate()
        await self.ends()


@dataclass
class Newcomer:
    """Somebody who sets up a bot, with a Messenger beside them."""

    folder: Path
    simulator: Simulator
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)

    @property
    def config(self) -> Path:
        """Where the configuration is written."""
        return self.folder / "config.toml"

    @property
    def url(self) -> str:
        """Where the bot is to be reached."""
        return f"http://127.0.0.1:{self.port}"

    async def starts(self, *arguments: str, terminal: int | None = None) -> Running:
        """Start a command as a process of its own, in the folder, be it at a terminal's far end."""
        stream = asyncio.subprocess.PIPE if terminal is None else terminal
        own = {name: value for name, value in os.environ.items() if "CHATMAGICO" not in name}
        return Running(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", *arguments),
                cwd=self.folder,
                env=own | {"PYTHONPATH": str(ROOT)},
                stdin=stream,
                stdout=stream,
                stderr=stream,
                start_new_session=True,  # or it would ask at the terminal of whoever runs the tests
            )
        )

    async def runs(self, *arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        """Run a command to its end, in a thread; return its exit code and what it said."""
        mask = os.umask(0o022)  # commands narrow it for their process, which is this one
        try:
            return await asyncio.to_thread(self._invoke, arguments, typed)
        finally:
            os.umask(mask)
            structlog.reset_defaults()  # and they make its log quiet

    def _invoke(self, arguments: tuple[str, ...], typed: tuple[str, ...]) -> tuple[int, str]:
        lines = "".join(f"{line}\n" for line in typed)
        named = ("--config", str(self.config), *arguments)
        result = CliRunner().invoke(app, named, input=lines)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    async def begins(self, **options: str) -> None:
        """Answer every question of `init` by an option."""
        given = {
            "name": "Garden and Book Club",
            "address": "1 Example Street, 10000 Example Town",
            "email": "club@example.org",
            "url": self.url,
            "page": "Garden Club",
            "time-zone": "Europe/Berlin",
            "languages": "en,de",
            "purposes": "news",
        } | options
        arguments = [part for name, value in given.items() for part in (f"--{name}", value)]
        code, said = await self.runs("init", *arguments)
        assert code == 0, said
        self.points_here()

    def points_here(self) -> None:
        """Name the Messenger of the test, and a free port, in the configuration."""
        text = self.config.read_text(encoding="utf-8")
        text = with_key(text, "messenger", "graph_url", self.simulator.graph_url)
        text = with_key(text, "metrics", "port", str(self.metrics_port))
        self.config.write_text(text, encoding="utf-8")


def untouched_messenger() -> Simulator:
    """Return a Messenger whose app is as it was made: nothing is subscribed."""
    simulator = Simulator(
        SystemClock(),
        pages=PAGES,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        webhook_url="http://127.0.0.1:1/webhook",
    )
    simulator.forget_subscriptions()
    return simulator


@pytest.fixture
async def newcomer(tmp_path: Path) -> AsyncIterator[Newcomer]:
    """Somebody new, with a Messenger where nothing is connected yet."""
    simulator = untouched_messenger()
    await simulator.start()
    yield Newcomer(tmp_path, simulator)
    await simulator.stop()
