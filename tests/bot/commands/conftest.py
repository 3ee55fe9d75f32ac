"""A configuration file, a Messenger on loopback, and the real commands as processes."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

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
    free_port,
    raw_settings,
)

ROOT = Path(__file__).parents[3]


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
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def databases(self) -> Databases:
        """Where the configured databases are."""
        return Databases.sqlite(self.folder)

    def writes_config(self, **sections: Any) -> None:
        """Write the configuration file; `sections` replaces whole tables."""
        self.raw |= sections
        (self.folder / "config.toml").write_text(to_toml(self.raw), encoding="utf-8")

    async def starts(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command in the folder."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CHATMAGICO_")}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(ROOT), **self.environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def runs(self, *arguments: str, typed: str = "") -> Ended:
        """Run a command to its end."""
        process = await self.starts(*arguments)
        async with asyncio.timeout(60):
            out, err = await process.communicate(typed.encode())
        return Ended(process.returncode or 0, out.decode(), err.decode())


def to_toml(raw: Mapping[str, Any]) -> str:
    """Write settings as TOML: JSON's plain values and inline tables are enough."""
    plain = [f"{key} = {_value(value)}" for key, value in raw.items()]
    return "\n".join(plain) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


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
def operator(tmp_path: Path, simulator: Simulator) -> Operator:
    """Somebody whose configuration is good and whose keys exist."""
    databases = Databases.sqlite(tmp_path)
    raw = raw_settings(databases, graph_url=simulator.graph_url, port=free_port())
    made = Operator(tmp_path, raw)
    made.writes_config()
    FileSecrets(tmp_path / "keys" / "keys.secret").create()
    return made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser, or Meta."""
    async with aiohttp.ClientSession() as opened:
        yield opened
