"""Calls what happens because of the clock; the only file that imports APScheduler.

APScheduler is a tick and nothing more: its jobs are in memory, and everything that must survive
a restart stands in our own tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import Action, action
from storage import StorageError

Job = Callable[[], Awaitable[object]]


class Scheduler:
    """Repeats jobs; one that fails is tried again at its next time."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._turns: list[asyncio.Lock] = []

    def every(self, seconds: float, job: Job) -> None:
        """Call `job` every so many seconds, never twice at once."""
        turn = asyncio.Lock()
        self._turns.append(turn)
        self._scheduler.add_job(
            _call,
            "interval",
            seconds=seconds,
            args=[job, turn],
            max_instances=2,  # one that runs, and one that waits: a moved clock is never missed
            coalesce=True,
            misfire_grace_time=None,
        )

    def run_soon(self) -> None:
        """Call every job at once: the clock was moved."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Call nothing any more, and let end what runs: a job must not be cut off in a write."""
        self._scheduler.pause()
        for turn in self._turns:
            await turn.acquire()
        self._scheduler.shutdown(wait=False)


async def _call(job: Job, turn: asyncio.Lock) -> None:
    async with turn:
        try:
            await job()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
