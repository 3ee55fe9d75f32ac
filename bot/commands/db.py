"""`db`: the two databases, people's data and the keys to it."""

from typing import TYPE_CHECKING

import typer

from bot.commands.context import settings_of
from bot.commands.group import group
from bot.commands.process import protect, run
from bot.errors import BotError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from storage.db.schema import Which

commands = group()


class MadeByNewerVersion(BotError):
    """The tables were made by a newer version of this program."""

    advice = "Install that version again, or restore the backup from before it."


@commands.callback()
def _group() -> None:
    pass


@commands.command()
def upgrade(context: typer.Context) -> None:
    """Bring the tables of both databases up to this version."""
    settings = settings_of(context)
    protect()
    for copy in run(_upgrade(settings)):
        typer.echo(f"before, as it was: {copy}")


async def _upgrade(settings: "Settings") -> "list[Path]":
    copies = await _copied(settings)
    await _upgrade_one("main", settings.storage.url)
    await _upgrade_one("keys", settings.keys.url)
    return copies


async def _copied(settings: "Settings") -> "list[Path]":
    from storage.before_upgrade import copy_before_upgrade
    from storage.db.engine import Database

    main, keys = Database(settings.storage.url), Database(settings.keys.url)
    try:
        return await copy_before_upgrade(main, keys)
    finally:
        await main.close()
        await keys.close()


async def _upgrade_one(which: "Which", url: str) -> None:
    from storage.db import schema
    from storage.db.engine import Database

    database = Database(url)
    try:
        found = await schema.revision_of(database)
        is_newer = found is not None and found > schema.NEWEST[which]
        if is_newer and not await schema.is_usable(database, which, found):
            raise MadeByNewerVersion(database=which, found=found, known=schema.NEWEST[which])
        is_changed = await schema.upgrade(database, which)
    finally:
        await database.close()
    change = f"from {found or 'nothing'} to {schema.NEWEST[which]}" if is_changed else "up to date"
    typer.echo(f"{which} database: {change}")
