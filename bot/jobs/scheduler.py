"""Calls what happens because of the clock; the only file that imports APScheduler.

APScheduler is a tick and nothing more: its jobs are in memory, and everything that must survive
a restart stands in our own tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.logs import Action, action
from storage import StorageError

Job = Callable[[], Awaitable[object]]

#: A job may take this long to end before the process leaves, in seconds.
_GRACE_S = 10.0


class Scheduler:
    """Repeats jobs; one that fails is tried again at its next time.

    Args:
        grace_s: How long `stop` lets a job go on before it is broken off.
    """

    def __init__(self, *, grace_s: float = _GRACE_S) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._grace_s = grace_s
        self._running: set[asyncio.Task[Any]] = set()
        self._is_stopping = False

    def every(self, seconds: float, job: Job) -> None:
        """Call `job` every so many seconds, never twice at once."""
        self._scheduler.add_job(
            self._call,
            "interval",
            seconds=seconds,
            args=[job, asyncio.Lock()],
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
        """Call nothing any more, and let end what runs, unless the database keeps it waiting."""
        self._is_stopping = True
        self._scheduler.pause()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._grace_s)
            await _break_off(late, self._grace_s)
        self._scheduler.shutdown(wait=False)

    async def _call(self, job: Job, turn: asyncio.Lock) -> None:
        async with turn:
            if self._is_stopping:
                return
            task = asyncio.current_task()
            if task is not None:
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            try:
                await job()
            except StorageError as trouble:
                action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)


def next_by_cron(expression: str, after: datetime) -> datetime | None:
    """Return when a wall clock next shows a time that a cron expression names; None for never.

    Raises:
        ValueError: It is no such expression.
    """
    # A wall clock's time has no zone: reckoned as UTC, no change of clocks gets in its way.
    trigger = CronTrigger.from_crontab(expression, timezone=UTC)
    later = after.replace(tzinfo=UTC, microsecond=0) + timedelta(seconds=1)
    found: datetime | None = trigger.get_next_fire_time(None, later)
    return None if found is None else found.replace(tzinfo=None)


async def _break_off(tasks: set[asyncio.Task[Any]], grace_s: float) -> None:
    """Cancel what does not end; its transaction is undone."""
    for task in tasks:
        task.cancel()
    if tasks:
        action(Action.DATABASE_FAILED, error_class="JobBrokenOff", count=len(tasks))
        await asyncio.wait(tasks, timeout=grace_s)
