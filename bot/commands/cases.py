"""`cases`: requests that a human answers. Numbers and dates, never who asked."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The request's number, as the person was told it.")]


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the open requests, what is due first: number, kind, due date."""
    run(_list(settings_of(context)))


@commands.command()
def answered(context: typer.Context, number: Number) -> None:
    """Note that a request was answered, in the Page's inbox or elsewhere."""
    run(_answered(settings_of(context), number))


async def _list(settings: "Settings") -> None:
    async with opened(settings) as store, store.read() as tx:
        waiting = await store.cases.list_open(tx)
    if not waiting:
        typer.echo("No request is open.")
    for case in waiting:
        due = datetime.fromtimestamp(case.due_at_ms / 1000, UTC).date()
        typer.echo(f"{case.number}  {case.kind}  due by {due}")


async def _answered(settings: "Settings", number: str) -> None:
    async with opened(settings) as store, store.write() as tx:
        is_found = await store.cases.mark_answered(tx, number.strip().upper())
    if not is_found:
        typer.echo("No open request has that number. `cases list` shows them.", err=True)
        raise typer.Exit(1)
    typer.echo("Noted. The person sees it when they write CASES.")
