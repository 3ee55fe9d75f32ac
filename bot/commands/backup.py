"""`backup` and `restore`: copies of both databases, and the way back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import unchecked
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.backup import Restored

_APART = """\
Move them to two places that no one person or theft reaches both of. Back up apart from both:
  {file} and its .epoch-* files, or the recovery kit: without them nothing opens
  {tombstones}: always the newest copy, so that nobody erased comes back"""
_ADMINS = (
    "Admins now: {admins}. Whoever was revoked since the backup is one again: "
    "`chatmagico admin revoke A-2` ends that. Everybody has to sign in anew."
)
_LOST = (
    "The keys of {count} people are missing: the keys that were brought back are older than the "
    "people. Bring back newer keys; nobody was erased for it."
)


def backup(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Copy both databases, each into a folder of its own, while the bot may run."""
    settings = settings_of(context)
    made = run(_back_up(settings, folder))
    typer.echo("\n".join(f"Wrote {path}" for path in made))
    keys, storage = settings.keys, settings.storage
    typer.echo(_APART.format(file=keys.file, tombstones=storage.tombstones))


def restore(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="A folder with main/, keys/ or both.")
    ] = None,
    *,
    replay: Annotated[
        bool, typer.Option("--replay", help="Bring nothing back; only erase who was erased.")
    ] = False,
    new_tombstones: Annotated[
        bool,
        typer.Option(
            "--new-tombstones",
            help="The tombstones are lost: accept that erased people may come back.",
        ),
    ] = False,
) -> None:
    """Bring a backup back while nothing runs, and erase again who was erased since."""
    if (folder is None) is not (replay or new_tombstones):
        raise typer.BadParameter("Name a folder, or say --replay.")
    restored = run(_restore(settings_of(context), folder, accepts_loss=new_tombstones))
    typer.echo(f"Erased again who had come back: {restored.erased_again}.")
    if restored.admins:
        admins = ", ".join(f"{one.name} {one.role}" for one in restored.admins)
        typer.echo(_ADMINS.format(admins=admins))
    if restored.keys_lost:
        typer.echo(_LOST.format(count=restored.keys_lost), err=True)
        raise typer.Exit(1)
    typer.echo("`chatmagico serve` can start.")


async def _back_up(settings: "Settings", folder: Path) -> list[Path]:
    from storage.backup import back_up

    async with unchecked(settings) as store:
        return await back_up(store, folder)


async def _restore(settings: "Settings", folder: Path | None, *, accepts_loss: bool) -> "Restored":
    from bot.clock import SystemClock
    from storage.backup import restore as bring_back

    async with unchecked(settings) as store:
        now_ms = SystemClock().now_ms()
        return await bring_back(store, folder, now_ms=now_ms, accepts_loss=accepts_loss)
