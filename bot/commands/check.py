"""`check`: is everything ready? It changes nothing and starts nothing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Fault


def check(
    context: typer.Context,
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask neither the Graph API nor the mail server.")
    ] = False,
) -> None:
    """List everything that is not ready.

    Settings, certificate, clock, keys, databases, Pages and mail server are looked at; nothing is
    changed.
    """
    settings = settings_of(context)
    from bot.clock import SystemClock
    from bot.readiness import faults_of, hints_of

    faults = run(faults_of(settings, clock=SystemClock(), is_offline=offline))
    if faults:
        _tell(faults)
        raise typer.Exit(1)
    for hint in hints_of(settings):
        typer.echo(hint)
    left_out = " The Pages were not asked." if offline else ""
    typer.echo(f"All is well.{left_out} `chatmagico serve` can start.")


def _tell(faults: Iterable["Fault"]) -> None:
    typer.echo("Not ready yet. Mend every line:", err=True)
    for fault in faults:
        typer.echo(f"  {fault.key}: found {fault.found}. {fault.mend}", err=True)
