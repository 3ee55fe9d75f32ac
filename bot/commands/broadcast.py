"""`broadcast`: what goes out to many, to watch it and to hold it up. It is written in the chat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.clock import clock_time
from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.broadcasts.desk import Desk
    from bot.broadcasts.reporting import Report
    from bot.settings import Settings
    from storage.broadcasts.records import Broadcast

commands = group()

Number = Annotated[int, typer.Argument(help="The broadcast's number, as `list` shows it.")]
_POLL_S = 1.0
_NOTHING_MISSED = "Nothing of it was missed."


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the newest broadcasts: number, state, purpose, when it is sent next."""
    run(_list(settings_of(context)))


@commands.command()
def show(context: typer.Context, number: Number) -> None:
    """Show one broadcast: what it says, on which schedule, and how far it is."""
    run(_show(settings_of(context), number))


@commands.command()
def pause(context: typer.Context, number: Number) -> None:
    """Let nothing more of it begin to leave; every node obeys from its next claim on."""
    run(_pause(settings_of(context), number))
    typer.echo("Paused. What had begun to leave still arrives. `resume` goes on.")


@commands.command()
def resume(context: typer.Context, number: Number) -> None:
    """Go on where it was paused."""
    run(_resume(settings_of(context), number))
    typer.echo("It goes on.")


@commands.command("start-missed")
def start_missed(context: typer.Context, number: Number) -> None:
    """Send the occurrence that was missed last, as if it were due now; drop earlier ones."""
    begins = run(_answer(settings_of(context), number, is_wanted=True))
    typer.echo("It begins." if begins else _NOTHING_MISSED)


@commands.command("drop-missed")
def drop_missed(context: typer.Context, number: Number) -> None:
    """Never send what was missed."""
    dropped = run(_answer(settings_of(context), number, is_wanted=False))
    typer.echo(f"Dropped: {dropped}." if dropped else _NOTHING_MISSED)


@commands.command()
def cancel(context: typer.Context, number: Number) -> None:
    """End it for good: whoever has not got it by now does not get it."""
    run(_cancel(settings_of(context), number))
    typer.echo("Cancelled. What had begun to leave still arrives.")


@commands.command()
def report(
    context: typer.Context,
    number: Number,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on until it is over, with a progress bar.")
    ] = False,
) -> None:
    """Count what came of it, by way and outcome, with the reasons."""
    run(_report(settings_of(context), number, follow=follow))


async def _list(settings: "Settings") -> None:
    async with _desk(settings) as desk:
        found = await desk.list_all()
    if not found:
        typer.echo("There is no broadcast.")
    for one in found:
        typer.echo(f"{one.number}  {_state(one)}  {one.what.purpose_id}  {one.what.title}")


async def _show(settings: "Settings", number: int) -> None:
    from bot.broadcasts.content import from_kept

    async with _desk(settings) as desk:
        one = await desk.show(number)
    what, content = one.what, from_kept(one.what.content)
    typer.echo(f"{one.number}  {_state(one)}  {what.kind}, {what.purpose_id}, Page {what.page_id}")
    typer.echo(f"{what.title}; by {what.made_by}, {clock_time(one.made_at_ms)}")
    repeated = f"cron {what.cron}" if what.cron else "once"
    clock = "each person's own clock" if what.is_local else what.zone
    typer.echo(f"{repeated}, by {clock}; of use for {what.useful_ms // 3_600_000} hours")
    for language, text in sorted(content.texts.items()):
        typer.echo(f"[{language}] {text}")
    if content.link is not None:
        typer.echo(f"Button to {content.link.told}: {content.link.url}")
    for told in content.led_to:
        typer.echo(f"The text leads to {told}")


async def _pause(settings: "Settings", number: int) -> None:
    from bot.clock import SystemClock

    async with _desk(settings) as desk:
        await desk.pause(number, now_ms=SystemClock().now_ms())


async def _resume(settings: "Settings", number: int) -> None:
    from bot.clock import SystemClock

    async with _desk(settings) as desk:
        await desk.resume(number, now_ms=SystemClock().now_ms())


async def _answer(settings: "Settings", number: int, *, is_wanted: bool) -> int:
    from bot.clock import SystemClock

    async with _desk(settings) as desk:
        answer = desk.start_missed if is_wanted else desk.drop_missed
        return await answer(number, now_ms=SystemClock().now_ms())


async def _cancel(settings: "Settings", number: int) -> None:
    from bot.clock import SystemClock

    async with _desk(settings) as desk:
        await desk.cancel(number, now_ms=SystemClock().now_ms())


async def _report(settings: "Settings", number: int, *, follow: bool) -> None:
    import asyncio

    async with _desk(settings) as desk:
        found = await desk.report(number)
        if follow:
            with typer.progressbar(length=max(1, found.audience), label="decided") as bar:
                while True:
                    found = await desk.report(number)
                    bar.length = max(1, found.audience)
                    bar.update(found.audience - found.open - bar.pos)
                    if found.broadcast.state != "scheduled":
                        break
                    await asyncio.sleep(_POLL_S)
    _tell(found)


def _tell(found: "Report") -> None:
    typer.echo(f"{found.broadcast.number}  {_state(found.broadcast)}  {found.broadcast.what.title}")
    for one in found.counts:
        typer.echo(f"{one.count:>9,}  {one.lane}: {one.outcome}")
    typer.echo(f"{found.audience:>9,}  in all, of which {found.open:,} not decided yet")
    missed = sum(run.state == "missed" for run in found.runs)
    if missed:
        typer.echo(f"Occurrences missed, waiting for an admin's word: {missed}")
        typer.echo("`start-missed` sends the last one now, `drop-missed` never.")


def _state(one: "Broadcast") -> str:
    if one.state == "paused" and one.reason:
        return f"paused ({one.reason})"
    if one.state == "scheduled" and one.next_at_ms is not None:
        return f"scheduled for {clock_time(one.next_at_ms)}"
    return "running" if one.state == "scheduled" else one.state


@asynccontextmanager
async def _desk(settings: "Settings") -> AsyncIterator["Desk"]:
    from bot.broadcasts.desk import desk_of

    async with opened(settings) as store:
        yield desk_of(settings, store)
