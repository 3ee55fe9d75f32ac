"""`consents`: what people were asked for, and how often they answered how; never who."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings

commands = group()


@commands.callback()
def _group() -> None:
    """Keep the group, although it has one command."""


@commands.command()
def export(
    context: typer.Context,
    *,
    purpose: Annotated[str, typer.Option(help="The id of a purpose, as in [[purposes]].")],
    output: Annotated[
        Path | None, typer.Option(help="The file to write; else it goes to stdout.")
    ] = None,
) -> None:
    """Write the consent record of one purpose as JSON, in the shape of ISO/IEC TS 27560:2023.

    It holds no person, no id of one and no time: each text that was shown, and how often it was
    answered how. Where very few answered, a count may still tell something of somebody.
    """
    record = run(_record(settings_of(context), purpose))
    if record is None:
        typer.echo("No purpose has that id, and nobody was ever asked for it.", err=True)
        raise typer.Exit(1)
    text = json.dumps(record, ensure_ascii=False, indent=2)
    if output is None:
        typer.echo(text)
        return
    output.write_text(text + "\n", encoding="utf-8")


async def _record(settings: "Settings", purpose_id: str) -> dict[str, Any] | None:
    from bot.clock import SystemClock
    from bot.pages.facts import Pages
    from bot.papers.consent_records import ConsentRecords
    from storage.consent_history import count_acts

    records = ConsentRecords(Pages.of(settings))
    async with opened(settings) as store, store.read() as tx:
        counted = await count_acts(tx, purpose_id)
    if not counted and not records.is_configured(purpose_id):
        return None
    return records.of_purpose(purpose_id, counted, made_on=SystemClock().now().date())
