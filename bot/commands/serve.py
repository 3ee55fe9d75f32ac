"""`serve`: the bot itself."""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import typer

from bot.commands.context import settings_of
from bot.commands.process import (
    end_on_signal,
    learn_on_signal,
    protect,
    run,
    settle_memory,
    until_ended,
)
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.settings import Settings


class CannotListen(BotError):
    """The bot cannot listen on one of its addresses."""

    advice = "Stop the program that holds it, or write another server.port or metrics.port."


class CannotUse(BotError):
    """A file or folder cannot be used."""

    advice = "Give the bot's account leave to read and write it, and look at the free space."


def serve(context: typer.Context) -> None:
    """Run the bot until Ctrl-C or SIGTERM."""
    settings = settings_of(context)
    from bot import logs
    from bot.clock import SystemClock
    from bot.readiness.certificate import certificate_faults
    from bot.readiness.keys import key_faults
    from bot.readiness.owner import owner_faults
    from bot.settings import SettingsFaults

    faults = [*certificate_faults(settings), *key_faults(settings)]
    now_ms = SystemClock().now_ms()
    if faults := faults or run(owner_faults(settings, now_ms=now_ms, may_be_invited=True)):
        raise SettingsFaults(faults)
    _require_free_ports(settings)
    logs.configure()
    protect()
    raise typer.Exit(run(_serve(settings)))


def _require_free_ports(settings: "Settings") -> None:
    """Look before the databases are touched: they may be another bot's."""
    from bot.commands.ports import trouble_with

    for key, where in (("server", settings.server), ("metrics", settings.metrics)):
        if trouble := trouble_with(where.host, where.port):
            address = f"{where.host}:{where.port}"
            raise CannotListen(**{key: address}, cause=type(trouble).__name__)


async def _serve(settings: "Settings") -> int:
    from bot import logs
    from bot.app import running
    from bot.clock import SystemClock

    wished = end_on_signal()
    async with AsyncExitStack() as stack:
        try:
            bot = await stack.enter_async_context(running(settings, SystemClock()))
        except OSError as refused:
            raise _explained(refused, settings) from refused
        logs.configure(
            is_strict=not settings.is_production, on_dropped=bot.metrics.log_field_dropped
        )
        settle_memory()
        learn_on_signal(bot)
        return await until_ended(bot, wished)


def _explained(refused: OSError, settings: "Settings") -> BotError:
    if refused.filename is not None:
        return CannotUse(path=refused.filename, cause=type(refused).__name__)
    return CannotListen(
        server=f"{settings.server.host}:{settings.server.port}",
        metrics=f"{settings.metrics.host}:{settings.metrics.port}",
        cause=type(refused).__name__,
    )
