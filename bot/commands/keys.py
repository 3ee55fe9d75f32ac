"""`keys`: the secrets that open people's keys."""

from pathlib import Path

import typer

from bot.commands.context import settings_of
from bot.commands.process import protect

commands = typer.Typer(no_args_is_help=True)

_FROM_ENVIRONMENT = """\
The secrets come from the environment (keys.provider), so there is no file to write.
Set CHATMAGICO_ROOT_SECRET and CHATMAGICO_EPOCH_1, each to 64 random hexadecimal digits of its own:
`openssl rand -hex 32` prints them."""


@commands.callback()
def _group() -> None:
    pass


@commands.command()
def init(context: typer.Context) -> None:
    """Write new secrets into files of their own; never over existing ones."""
    settings = settings_of(context)
    if settings.keys.provider == "environment":
        typer.echo(_FROM_ENVIRONMENT, err=True)
        raise typer.Exit(2)
    protect()
    file = settings.keys.file
    if not _create(file):
        typer.echo(
            f"There are secrets at {file} already, so nothing was changed: "
            "without the old ones, everything kept so far is lost.",
            err=True,
        )
        raise typer.Exit(2)
    typer.echo(
        f"Wrote {file} and {file.name}.epoch-1 beside it.\n"
        "Back both up now, apart from the databases: without them nothing that is kept opens, "
        "and with them everything does."
    )


def _create(file: Path) -> bool:
    from storage.vault.secrets import FileSecrets

    is_there = any(file.parent.glob(f"{file.name}.epoch-*"))
    return not is_there and FileSecrets(file).create()
