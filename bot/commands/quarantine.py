"""`quarantine`: events that failed again and again, and were parked. Never their content."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings

commands = group()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter("Write the numbers that `quarantine list` shows.")
    return int(text)


Ids = Annotated[
    list[int] | None,
    typer.Argument(parser=_number, help="The events, as `quarantine list` shows them."),
]
All = Annotated[bool, typer.Option("--all", help="Every parked event.")]
Act = Literal["release", "drop"]

_HOUR_MIN = 60


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the parked events: id, reason, age, attempts; then how many by reason."""
    run(_list(settings_of(context)))


@commands.command()
def release(context: typer.Context, ids: Ids = None, *, all_: All = False) -> None:
    """Try parked events again, in their order: the fault was mended."""
    _act(context, "release", ids, is_all=all_)


@commands.command()
def drop(
    context: typer.Context,
    ids: Ids = None,
    *,
    all_: All = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete parked events for good: nobody will answer them."""
    _act(context, "drop", ids, is_all=all_, is_sure=yes)


def _act(
    context: typer.Context, act: Act, ids: list[int] | None, *, is_all: bool, is_sure: bool = True
) -> None:
    if bool(ids) is is_all:
        ending = ", not both" if is_all else ""
        raise typer.BadParameter(f"Name the events, or say --all{ending}.")
    settings = settings_of(context)
    if not is_sure:
        typer.confirm("Their people get no answer to them, ever. Delete them?", abort=True)
    run(_change(settings, act, None if is_all else sorted(set(ids or ()))))


async def _list(settings: "Settings") -> None:
    from bot.clock import SystemClock

    async with opened(settings) as store, store.read() as tx:
        parked = await store.inbox.list_parked(tx)
    if not parked:
        typer.echo("Nothing is in quarantine.")
    now_ms = SystemClock().now_ms()
    for event in parked:
        age = _age(now_ms - event.received_at_ms)
        typer.echo(
            f"{event.inbox_id}  {event.reason}  {age} old  {_count(event.attempts, 'attempt')}"
        )
    for reason, count in sorted(Counter(event.reason for event in parked).items()):
        typer.echo(f"{_count(count, 'event')}: {reason}")


async def _change(settings: "Settings", act: Act, ids: Sequence[int] | None) -> None:
    async with opened(settings) as store, store.write() as tx:
        if ids is None:
            ids = [event.inbox_id for event in await store.inbox.list_parked(tx)]
        change = store.inbox.retry_parked if act == "release" else store.inbox.drop_parked
        done = await change(tx, ids)
    told = {"release": "will be tried again", "drop": "dropped for good"}[act]
    typer.echo(f"{_count(done, 'event')} {told}.")
    if done < len(ids):
        left = len(ids) - done
        typer.echo(f"{left} of those named {'is' if left == 1 else 'are'} not parked.", err=True)
        raise typer.Exit(1)


def _age(age_ms: int) -> str:
    minutes = max(0, age_ms) // 60_000
    if minutes < _HOUR_MIN:
        return f"{minutes} min"
    hours = minutes // _HOUR_MIN
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"  # noqa: PLR2004 - two days


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
