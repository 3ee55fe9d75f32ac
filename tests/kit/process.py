"""The bot as a process of its own: `serve`, as an operator starts it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w

from storage.vault.secrets import FileSecrets
from tests.kit.deployment import Databases, raw_settings
from tests.kit.patience import PATIENCE_S

#: Meta repeats for hours what was not acknowledged; here for minutes, which outlasts any restart.
TIRELESS_S = (0.1,) * 3_000


class Process:
    """One `chatmagico serve`, whose log lines are read.

    Args:
        config: Its configuration file.
        through: What starts it, such as something that holds it under rules.
        folder: Where its program lies; else this one.
    """

    def __init__(
        self, config: Path, *, through: Sequence[str] = (), folder: Path | None = None
    ) -> None:
        self._config = config
        self._through = through
        self._folder = folder
        self.lines: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._started = asyncio.Event()

    @property
    def pid(self) -> int:
        """Return the number of the running process."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it, and wait until it says that it serves."""
        self._started = asyncio.Event()
        self._process = await asyncio.create_subprocess_exec(
            *self._through,
            sys.executable,
            "-m",
            "bot",
            "--config",
            str(self._config),
            "serve",
            stderr=asyncio.subprocess.PIPE,
            cwd=self._folder,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        )
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(PATIENCE_S):
            await self._started.wait()
        assert not self._reader.done(), "".join(self.lines[-5:])

    async def kill(self) -> None:
        """End it as a power cut would."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """Ask it to end, and return its exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        assert self._reader is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        code = await self._process.wait()
        await self._reader
        return code

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self.lines.append(line.decode())
            if "server.started" in self.lines[-1]:
                self._started.set()
        # Only then is it known to have ended, and what it said.
        asyncio.get_running_loop().call_soon(self._started.set)

    def actions(self, name: str) -> list[dict[str, Any]]:
        """Return the log lines of one action."""
        parsed = [json.loads(line) for line in self.lines if line.startswith("{")]
        return [line for line in parsed if line["action"] == name]


def write_config(
    databases: Databases, *, graph_url: str, port: int, name: str = "config.toml"
) -> Path:
    """Write a configuration file, and the keys it names."""
    FileSecrets(databases.folder / "keys" / "keys.secret").create()
    path = databases.folder / name
    path.write_text(tomli_w.dumps(raw_settings(databases, graph_url=graph_url, port=port)))
    return path
