"""`support-bundle`: what helps to find a fault, in one file, without people or secrets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.process import protect, run

if TYPE_CHECKING:
    from bot.settings import Settings

_READ_IT = (
    "Wrote {file}: {parts}. It has neither people nor secrets in it; look yourself before you "
    "hand it on: `tar -xzOf {file}`."
)


def support_bundle(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write (.tar.gz); not there yet.")],
    *,
    log: Annotated[
        Path | None,
        typer.Option(help="The bot's log: of its lines the newest are taken along, checked."),
    ] = None,
) -> None:
    """Collect versions, settings, counts, metrics and checks: no people, no secrets."""
    settings = settings_of(context)
    if file.exists():
        typer.echo(f"{file} is there already, so nothing was written.", err=True)
        raise typer.Exit(2)
    protect()
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log else []
    parts = run(_collect(settings, file, lines))
    typer.echo(_READ_IT.format(file=file, parts=", ".join(parts)))


async def _collect(settings: "Settings", file: Path, lines: list[str]) -> list[str]:
    from bot.cli import VERSION
    from bot.clock import SystemClock
    from bot.support.bundle import contents, write

    parts = await contents(settings, program=VERSION, clock=SystemClock(), log=lines)
    write(file, parts)
    return list(parts)
