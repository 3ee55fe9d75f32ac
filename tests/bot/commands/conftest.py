"""A configuration file, a Messenger on loopback, and the real commands."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import structlog
import tomli_w
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import MovableClock
from bot.readiness.pages import NEEDED
from bot.simulator import Simulator
from storage.vault.secrets import FileSecrets
from tests.kit.deployment import (
    APP_ID,
    APP_SECRET,
    PAGES,
    VERIFY_TOKEN,
    Databases,
    raw_settings,
)
from tests.kit.patience import PATIENCE_S
from tests.kit.ports import free_port

ROOT = Path(__file__).parents[3]
#: What this machine's own environment says of the bot must not reach the tests.
_SET = tuple(name for name in os.environ if name.startswith("CHATMAGICO_"))


#: Runs the program where any socket, and any database of SQLite's, is refused by Python itself.
_CUT_OFF = """
import runpy, sys
def refuse(event, _):
    if event.startswith("socket.") or event == "sqlite3.connect":
        raise PermissionError(event)
sys.addaudithook(refuse)
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Operator:
    """Somebody with a folder, a configuration file in it, and the command line."""

    folder: Path
    raw: dict[str, Any]

    @property
    def config(self) -> Path:
        """Where the configuration file is."""
        return self.folder / "config.toml"

    @property
    def databases(self) -> Databases:
        """Where the configured databases are."""
        return Databases.sqlite(self.folder)

    def writes_config(self, **sections: Any) -> None:
        """Write the configuration file; `sections` replaces whole tables."""
        self.raw |= sections
        self.config.write_text(tomli_w.dumps(self.raw), encoding="utf-8")

    async def runs(self, *arguments: str) -> Ended:
        """Run a command to its end, in a thread of this process."""
        named = ("--config", str(self.config), *arguments)
        return await asyncio.to_thread(_invoke, named)

    async def starts(
        self, *arguments: str, program: tuple[str, str] = ("-m", "bot")
    ) -> asyncio.subprocess.Process:
        """Start a command as a process of its own, in the folder."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *program, *arguments),
            cwd=self.folder,
            env={k: v for k, v in os.environ.items() if k not in _SET} | {"PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def runs_alone(self, *arguments: str, typed: str = "") -> Ended:
        """Run a command to its end as a process of its own, in the folder."""
        return await _ended(await self.starts(*arguments), typed)

    async def runs_cut_off(self, *arguments: str) -> Ended:
        """Run a command to its end where there is neither network nor database."""
        return await _ended(await self.starts(*arguments, program=("-c", _CUT_OFF)))


async def _ended(process: asyncio.subprocess.Process, typed: str = "") -> Ended:
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate(typed.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


def _invoke(arguments: tuple[str, ...]) -> Ended:
    result = CliRunner().invoke(app, arguments, env=dict.fromkeys(_SET))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


async def subscribe(simulator: Simulator, *fields: str) -> None:
    """Subscribe the app to these fields of every Page, as the dashboard does."""
    for page in PAGES:
        simulator.pages[page.id].fields = frozenset(fields)


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A Messenger whose Pages post everything that is needed."""
    running = Simulator(
        MovableClock(),
        pages=PAGES,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        webhook_url="http://127.0.0.1:1/webhook",
    )
    await running.start()
    await subscribe(running, *NEEDED)
    yield running
    await running.stop()


@pytest.fixture
def operator(tmp_path: Path, simulator: Simulator) -> Iterator[Operator]:
    """Somebody whose configuration is good and whose keys exist."""
    mask = os.umask(0o022)  # commands narrow it for their process, which is this one
    databases = Databases.sqlite(tmp_path)
    port = free_port()
    simulator.postman.webhook_url = f"http://127.0.0.1:{port}/webhook"
    raw = raw_settings(databases, graph_url=simulator.graph_url, port=port)
    made = Operator(tmp_path, raw)
    made.writes_config()
    FileSecrets(tmp_path / "keys" / "keys.secret").create()
    yield made
    os.umask(mask)
    structlog.reset_defaults()  # and they make its log quiet


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser, or Meta."""
    async with aiohttp.ClientSession() as opened:
        yield opened
