"""What a process that holds people's data does with itself: how it is closed, run and ended."""

import asyncio
import gc
import os
import resource
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from bot.serving import Bot

T = TypeVar("T")
#: New objects until the collector looks at the youngest; few of ours are in circles.
_OBJECTS_BETWEEN_ROUNDS = 20_000


#: Enough for every connection that is let in, with the databases and what each of them opens.
MOST_FILES = 65_536


def protect() -> None:
    """Leave no memory image behind in a crash, and let no other account read our files.

    As many files may be open as the machine allows: connections must not run into that limit.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def settle_memory() -> None:
    """Take what was loaded at the start out of the garbage collector's rounds.

    Each full round looks at all of it and stops everything for tens of milliseconds, for nothing:
    modules and settings stay until the end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_ROUNDS, 20, 50)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, on uvloop where it is installed; say little, unless told to say more."""
    import structlog

    from bot import logs

    if not structlog.is_configured():
        logs.configure("WARNING")
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def end_on_signal() -> asyncio.Event:
    """Return what is set by Ctrl-C or SIGTERM; the second of them leaves at once."""
    wished = asyncio.Event()

    def wish() -> None:
        if wished.is_set():
            os._exit(1)  # what has begun is in doubt then, as after a power cut
        wished.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, wish)
    return wished


def learn_on_signal(bot: "Bot") -> None:
    """Read the secrets again on SIGHUP, instead of within the next seconds."""
    tasks: set[asyncio.Task[None]] = set()

    def learn() -> None:
        task = asyncio.create_task(bot.learn_secrets())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, learn)


async def until_ended(bot: "Bot", wished: asyncio.Event) -> int:
    """Wait for a wish to end, or for a part that broke; return the exit code."""
    from bot.logs import Action, action, origin_of

    wish = asyncio.create_task(wished.wait())
    ends: set[asyncio.Future[Any]] = {wish, bot.broken}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    wish.cancel()
    fault = bot.broken.exception() if bot.broken.done() else None
    if fault is None:
        return 0
    action(Action.SERVER_CRASHED, error_class=type(fault).__name__, origin=origin_of(fault))
    return 1


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop
