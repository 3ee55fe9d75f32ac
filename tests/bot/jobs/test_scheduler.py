"""The scheduler ends, whatever its jobs wait for."""

import asyncio

from bot.jobs.scheduler import Scheduler


async def test_a_job_that_hangs_is_broken_off() -> None:
    """A job that waits for a database that is away does not keep the process alive."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = Scheduler(grace_s=0.05)
    scheduler.every(60, hang)
    scheduler.start()
    scheduler.run_soon()
    async with asyncio.timeout(5):
        await began.wait()
        await scheduler.stop()
    assert ended.is_set()


async def test_a_job_that_ends_is_not_cut_off() -> None:
    """A job may finish what it has begun; one that waits for its turn does not begin."""
    begun = 0
    began, may_end = asyncio.Event(), asyncio.Event()
    ended: list[int] = []

    async def work() -> None:
        nonlocal begun
        begun += 1
        began.set()
        await may_end.wait()
        ended.append(begun)

    scheduler = Scheduler()
    scheduler.every(60, work)
    scheduler.start()
    scheduler.run_soon()
    async with asyncio.timeout(5):
        await began.wait()
        scheduler.run_soon()
        stopping = asyncio.create_task(scheduler.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        may_end.set()
        await stopping
    assert ended == [1]
