"""`breach`: the register of breaches, to be read. It is written in the chat, by admins."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.clock import clock_time
from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.breaches.desk import Reach
    from bot.settings import Settings
    from storage.breaches import File

commands = group()

Which = Literal["authority", "people", "meta", "public", "register"]


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List every breach: number, since when it is known, what is open."""
    run(_list(settings_of(context)))


@commands.command()
def show(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="The number in the register.")],
    *,
    draft: Annotated[Which | None, typer.Option(help="Show this draft instead.")] = None,
) -> None:
    """Show everything that was written about a breach, and how far people were told."""
    settings = settings_of(context)
    if draft:
        typer.echo(run(_draft(settings, number, draft)))
        return
    file, reach = run(_show(settings, number))
    for line in file.lines:
        typer.echo(f"{clock_time(line.at_ms)}  {line.author}  {line.field}: {line.value}")
    for state, count in sorted(reach.counts.items()):
        typer.echo(f"Notices, {state}: {count}")
    for one in reach.unreached:
        typer.echo(f"Not reached: {one.number}  {one.state}  {one.reason}")


async def _list(settings: "Settings") -> None:
    async with opened(settings) as store, store.read() as tx:
        files = await store.breaches.list_all(tx)
    if not files:
        typer.echo("The register is empty.")
    for file in files:
        until = "" if not file.runs else f"  tell the authority by {_due(file)}"
        state = "open" if file.is_open else "closed"
        since = clock_time(file.breach.aware_at_ms)
        typer.echo(f"{file.breach.number}  aware since {since}  {state}{until}")


async def _draft(settings: "Settings", number: str, which: Which) -> str:
    from bot.breaches.desk import BreachDesk
    from bot.clock import SystemClock

    async with opened(settings) as store, store.read() as tx:
        desk = BreachDesk(settings, store)
        return await desk.draft(tx, number, which, now_ms=SystemClock().now_ms())


async def _show(settings: "Settings", number: str) -> "tuple[File, Reach]":
    from bot.breaches.desk import BreachDesk

    async with opened(settings) as store, store.read() as tx:
        desk = BreachDesk(settings, store)
        file = await desk.find(tx, number)
        return file, await desk.reach(tx, file)


def _due(file: "File") -> str:
    from bot.breaches.clock import deadline_ms

    return clock_time(deadline_ms(file.breach))
