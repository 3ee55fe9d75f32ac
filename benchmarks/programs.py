"""The programs that are measured, each in a process of its own, ended with its block."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import IO, Final

import psutil  # type: ignore[import-untyped]  # it has no types

from benchmarks.deployment import free_port, prepare
from benchmarks.posting import HOST

#: Temporary folders may lie in memory, where a durable commit costs nothing: this one does not.
_FOLDERS: Final = Path(__file__).parents[1] / "build"
_START_S: Final = 20.0
_STOP_S: Final = 10.0
_POLL_S: Final = 0.005
_TAIL_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Program:
    """A program that listens."""

    port: int
    process: psutil.Process
    #: When it was started, by `perf_counter`.
    started_at_s: float

    def resident_bytes(self) -> int:
        """Return the memory it holds now."""
        resident: int = self.process.memory_info().rss
        return resident

    def busy_s(self) -> float:
        """Return the processor time it has used, in seconds."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


class ProgramFailed(Exception):
    """A measured program did not start."""


@asynccontextmanager
async def bot(graph_url: str, *, folder: Path | None = None) -> AsyncIterator[Program]:
    """Serve the bot, in a new and empty folder or in one that was prepared before."""
    if folder is None:
        async with new_folder() as made, bot(graph_url, folder=made) as program:
            yield program
        return
    deployment = prepare(folder, graph_url=graph_url)
    command = ["bot", "--config", str(deployment.config), "serve"]
    async with _running(command, deployment.port) as program:
        yield program


def bare_handler(*, on_uvloop: bool = False) -> AbstractAsyncContextManager[Program]:
    """Serve the webhook that only checks and parses."""
    return _bare(["--uvloop"] * on_uvloop)


def bare_echo(graph_port: int, *, on_uvloop: bool = False) -> AbstractAsyncContextManager[Program]:
    """Serve the aiohttp bot that echoes and keeps nothing."""
    return _bare(["--graph", str(graph_port), *["--uvloop"] * on_uvloop])


def _bare(options: Sequence[str]) -> AbstractAsyncContextManager[Program]:
    port = free_port()
    return _running(["benchmarks.bare_handler", str(port), *options], port)


def flask_echo(graph_url: str) -> AbstractAsyncContextManager[Program]:
    """Serve pymessenger's own echo bot on two gunicorn workers."""
    port = free_port()
    where = ["-b", f"{HOST}:{port}", "--no-control-socket", "--log-level", "error"]
    command = ["gunicorn", "-w", "2", *where, "benchmarks.flask_echo:app"]
    return _running(command, port, environment={"GRAPH_URL": graph_url})


def has_flask() -> bool:
    """Tell whether the packages of the Flask baseline are installed."""
    return find_spec("flask") is not None and find_spec("gunicorn") is not None


@asynccontextmanager
async def new_folder() -> AsyncIterator[Path]:
    """Make a folder on the disk, and remove it with everything in it."""
    _FOLDERS.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=_FOLDERS) as made:
        yield Path(made)


@asynccontextmanager
async def _running(
    command: Sequence[str], port: int, *, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    started_at_s = perf_counter()
    with TemporaryFile() as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *command,
            env={**os.environ, **(environment or {})},
            stdout=said,
            stderr=said,
        )
        try:
            if not await _is_listening(process, port):
                raise ProgramFailed(f"python -m {' '.join(command)}: {_tail(said)}")
            yield Program(port, psutil.Process(process.pid), started_at_s)
        finally:
            await _end(process)


async def _is_listening(process: asyncio.subprocess.Process, port: int) -> bool:
    """Wait until it listens; return False where it ended before, or takes too long."""
    end_s = perf_counter() + _START_S
    while process.returncode is None and perf_counter() < end_s:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return True
        await asyncio.sleep(_POLL_S)
    return False


def _tail(said: IO[bytes]) -> str:
    """Return the last lines that a program said."""
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    return "\n".join(["did not start", *lines[-_TAIL_LINES:]])


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask it to stop, and insist where it does not."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
