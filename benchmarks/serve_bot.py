"""The bot as it is served, without the command line: `python -m benchmarks.serve_bot CONFIG`."""

import asyncio
import signal
import sys
from pathlib import Path

from benchmarks.loop import run
from bot.app import running
from bot.clock import SystemClock
from bot.settings import load_settings


async def serve(config: Path) -> None:
    """Serve until told to stop, or until a part breaks."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with running(load_settings(config), SystemClock()) as bot:
        ended = asyncio.create_task(stopped.wait())
        await asyncio.wait([ended, bot.broken], return_when=asyncio.FIRST_COMPLETED)


if __name__ == "__main__":
    run(serve(Path(sys.argv[1])))
