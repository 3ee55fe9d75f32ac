"""`cases`: requests that a human answers. Who looks at whoever asked leaves a note, and is told."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import Role, settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.outbound.lanes import Lane
    from bot.settings import Settings
    from flows.kit.found import Item

commands = group()

Number = Annotated[str, typer.Argument(help="The request's number, as the person was told it.")]


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the requests that are not done, what is due first: number, kind, due date."""
    run(_list(settings_of(context)))


@commands.command()
def answered(context: typer.Context, number: Number) -> None:
    """Note that a request was answered, in the Page's inbox or elsewhere."""
    run(_answered(settings_of(context), number))


@commands.command()
def answer(
    context: typer.Context,
    number: Number,
    *,
    file: Annotated[
        Path | None, typer.Option(help="The file with the answer; else it is read from stdin.")
    ] = None,
) -> None:
    """Answer a request: in the chat while it is open, else by e-mail, else when they write CASES.

    The text is read from stdin or a file, never from the command line, which others can see.
    """
    from bot.desk import WAYS

    settings = settings_of(context)
    text = (file.read_text(encoding="utf-8") if file else sys.stdin.read()).strip()
    lane = run(_answer(settings, number, text))
    typer.echo(f"{WAYS[lane.way]}: {lane.reason}. It counts as answered once it has arrived.")


@commands.command()
def show(
    context: typer.Context,
    number: Number,
    *,
    role: Annotated[Role, typer.Option(help="In which role you look; the person is told of it.")],
) -> None:
    """Show what is kept of whoever made a request; the look is noted, and the person is told."""
    items = run(_look(settings_of(context), number, role))
    for item in items:
        typer.echo(f"{item.category}  {item.label}: {item.value}")
    typer.echo(f"It is on record that the role {role} has looked; the person is told.", err=True)


async def _list(settings: "Settings") -> None:
    async with opened(settings) as store, store.read() as tx:
        undone = await store.cases.list_undone(tx)
    if not undone:
        typer.echo("No request is open.")
    for case in undone:
        due = datetime.fromtimestamp(case.due_at_ms / 1000, UTC).date()
        waits = "  answered, waiting for contact" if case.status == "waiting" else ""
        typer.echo(f"{case.number}  {case.kind}  due by {due}{waits}")


async def _answered(settings: "Settings", number: str) -> None:
    from bot.clock import SystemClock
    from bot.desk import Desk

    async with opened(settings) as store:
        await Desk(settings, store).mark_answered(number, now_ms=SystemClock().now_ms())
    typer.echo("Noted. The person sees it when they write CASES.")


async def _answer(settings: "Settings", number: str, text: str) -> "Lane":
    from bot.clock import SystemClock
    from bot.desk import Desk

    async with opened(settings) as store:
        return await Desk(settings, store).answer(number, text, now_ms=SystemClock().now_ms())


async def _look(settings: "Settings", number: str, role: str) -> "list[Item]":
    from bot.clock import SystemClock
    from bot.desk import Desk

    async with opened(settings) as store:
        return await Desk(settings, store).look(number, role=role, now_ms=SystemClock().now_ms())
