"""`keys`: the secrets that open people's keys."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import protect, run

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.rotation import Progress
    from storage.vault.secrets import Secrets

commands = group()

_FROM_ENVIRONMENT = """\
The secrets come from the environment (keys.provider), so there is no file to write.
Set CHATMAGICO_ROOT_SECRET and CHATMAGICO_EPOCH_1, each to 64 random hexadecimal digits of its own:
`openssl rand -hex 32` prints them."""
_KIT = """\
Recovery kit. Print or copy these lines now and lock them away, apart from the databases and from
their backups: who has them and the databases can read everything, who loses them and the files can
open nothing. The last group of each line is a check. `chatmagico keys verify` compares a typed kit
with the files, `chatmagico keys recover` writes the files from it.
"""
_TYPE = "Type the lines of the kit, then an empty line (or Ctrl-D):"
_EXISTS = (
    "There are secrets at {file} already, so nothing was changed: "
    "without the old ones, everything kept so far is lost."
)
_WAITING = (
    "{count} of the processes that serve can't read epoch {epoch} yet, so nothing was wrapped "
    "under it. Give them its file and run this again; the bot goes on by itself every hour, too."
)


@commands.callback()
def _group() -> None:
    pass


@commands.command()
def init(context: typer.Context) -> None:
    """Write new secrets into files of their own, never over existing ones; print a kit."""
    make(_file_of(settings_of(context)))


def make(file: Path) -> None:
    """Write new secrets, and print their kit; leave with 2 where some exist."""
    if not _create(file):
        typer.echo(_EXISTS.format(file=file), err=True)
        raise typer.Exit(2)
    typer.echo(
        f"Wrote {file} and {file.name}.epoch-1 beside it.\n"
        "Back both up now, apart from the databases: without them nothing that is kept opens, "
        "and with them everything does.\n"
    )
    _print_kit(_load(file))


@commands.command()
def kit(context: typer.Context) -> None:
    """Print the recovery kit of the secrets as they are now."""
    _print_kit(_load(_file_of(settings_of(context))))


@commands.command()
def verify(context: typer.Context) -> None:
    """Compare a typed recovery kit with the files; tell which lines are right."""
    from storage.vault.kit import named

    file = _file_of(settings_of(context))
    secrets = named(_load(file))
    typed = _typed()
    wrong = [
        f"{name}: a slip in it, the check digits differ" for name, one in typed.items() if not one
    ]
    wrong += [
        f"{name}: not the secret in the files" if name in secrets else f"{name}: no such file"
        for name, one in typed.items()
        if one and secrets.get(name) != one
    ]
    wrong += [f"{name}: missing from the kit" for name in secrets if name not in typed]
    if wrong:
        typer.echo("\n".join(wrong), err=True)
        raise typer.Exit(1)
    typer.echo(f"All {len(secrets)} lines are right.")


@commands.command()
def recover(context: typer.Context) -> None:
    """Write the files from a typed recovery kit, where there are none."""
    from storage.vault.secrets import FileSecrets, Secrets

    file = _file_of(settings_of(context))
    if _is_there(file):
        typer.echo(_EXISTS.format(file=file), err=True)
        raise typer.Exit(2)
    typed = {name: secret for name, secret in _typed().items() if secret}
    epochs = {int(name.split()[1]): typed[name] for name in typed if name != "root"}
    if "root" not in typed or not epochs:
        typer.echo("Nothing was written: root and one epoch at least have to be right.", err=True)
        raise typer.Exit(1)
    FileSecrets(file).write(Secrets(typed["root"], epochs))
    typer.echo(f"Wrote {file} and the files of epochs {', '.join(map(str, sorted(epochs)))}.")


@commands.command()
def rotate(context: typer.Context) -> None:
    """Make a new epoch and wrap every key under it, while the bot runs; repeat to go on."""
    settings = settings_of(context)
    is_new, progress = run(_rotate(settings))
    if progress.waiting_for:
        typer.echo(_WAITING.format(count=progress.waiting_for, epoch=progress.epoch), err=True)
    if is_new:
        typer.echo(f"Epoch {progress.epoch} is new: back up its file, or print the kit anew:\n")
        _print_kit(_load(settings.keys.file))
    typer.echo(f"Wrapped {progress.keys} keys under epoch {progress.epoch}; {progress.left} left.")
    if not progress.is_done:
        raise typer.Exit(1)
    days = settings.keys.backup_days
    typer.echo(f"Older secrets are destroyed after {days} days (keys.backup_days).")


@commands.command("destroy-old")
def destroy_old(context: typer.Context) -> None:
    """Destroy the secrets of old epochs that were retired keys.backup_days ago."""
    gone = run(_destroy_old(settings_of(context)))
    if not gone:
        typer.echo("Nothing is due.")
    for epoch in gone:
        typer.echo(f"Destroyed epoch {epoch}. Destroy its line in every recovery kit, too.")


async def _rotate(settings: "Settings") -> "tuple[bool, Progress]":
    from bot.clock import SystemClock
    from bot.stores import secrets_provider
    from storage.nodes import join
    from storage.rotation import go_on

    now_ms = SystemClock().now_ms()
    async with opened(settings) as store:
        if settings.keys.provider == "environment" and store.main.is_sqlite:
            # A process that serves can't be told a variable: it has to be stopped.
            await (await join(store.main, now_ms=now_ms)).leave()
        active = await store.keyring.epochs.active()
        is_new = store.keyring.held.newest == (active[0] if active else store.keyring.held.newest)
        if is_new:
            newest = await store.keyring.checks.newest()
            secrets_provider(settings).create_next(above=newest)
        progress = await go_on(store, now_ms=now_ms)
    return is_new, progress


async def _destroy_old(settings: "Settings") -> list[int]:
    from bot.clock import SystemClock
    from bot.stores import secrets_provider
    from storage.rotation import destroy_old as destroy

    async with opened(settings) as store:
        return await destroy(
            store,
            secrets_provider(settings),
            now_ms=SystemClock().now_ms(),
            backup_days=settings.keys.backup_days,
        )


def _file_of(settings: "Settings") -> Path:
    if settings.keys.provider == "environment":
        typer.echo(_FROM_ENVIRONMENT, err=True)
        raise typer.Exit(2)
    protect()
    return settings.keys.file


def _load(file: Path) -> "Secrets":
    from storage.vault.secrets import FileSecrets

    return FileSecrets(file).load()


def _print_kit(secrets: "Secrets") -> None:
    from storage.vault.kit import print_kit

    typer.echo(_KIT)
    typer.echo("\n".join(print_kit(secrets)))


def _typed() -> dict[str, bytes | None]:
    from storage.vault.kit import read_kit

    typer.echo(_TYPE)
    lines = iter(sys.stdin.readline, "")
    typed = "".join(iter(lambda: next(lines, "\n"), "\n"))
    return {line.name: line.secret for line in read_kit(typed)}


def _is_there(file: Path) -> bool:
    return file.exists() or any(file.parent.glob(f"{file.name}.epoch-*"))


def _create(file: Path) -> bool:
    from storage.vault.secrets import FileSecrets

    return not any(file.parent.glob(f"{file.name}.epoch-*")) and FileSecrets(file).create()
