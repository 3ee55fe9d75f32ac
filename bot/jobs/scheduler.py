"""Calls what happens because of the clock; the only file that imports APScheduler.

APScheduler is a tick and nothing more: its jobs are in memory, and everything that must survive
a restart stands in our own tables.
"""

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

    def every(self, seconds: float, job: Job) -> None:
        """Call `job` every so many seconds, never twice at once."""
        self._scheduler.add_job(
            _guarded,
            "interval",
            seconds=seconds,
            args=[job],
            max_instances=1,
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

    def stop(self) -> None:
        """Call nothing any more."""
        self._scheduler.shutdown(wait=False)


async def _guarded(job: Job) -> None:
    try:
        await job()
    except StorageError as trouble:
        action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
