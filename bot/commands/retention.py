"""`retention`: who and what is due to be erased. Counts only, never who."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.process import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.settings import Settings


def retention(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; change nothing.")] = False,
) -> None:
    """Erase now whom and what the time is over for; a running bot does so every minute."""
    run(_retention(settings_of(context), is_dry=dry_run))


async def _retention(settings: "Settings", *, is_dry: bool) -> None:
    from bot.app import sweeper
    from bot.clock import SystemClock
    from bot.metrics import Metrics

    async with opened(settings) as store:
        sweeps = sweeper(settings, store, SystemClock(), Metrics())
        if is_dry:
            _tell("Due, and nothing was changed:", await sweeps.count_due())
            return
        erased = {"people": 0}
        while count := await sweeps.erase_due():
            erased["people"] += count
        _tell("Erased:", erased | await sweeps.delete_expired())


def _tell(heading: str, counts: "Mapping[str, int]") -> None:
    typer.echo(heading)
    for what, count in counts.items():
        typer.echo(f"  {what}: {count}")
