"""`ledger`: the lines that prove consents and erasures. Counts and places, never people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.evidence import verified
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings

commands = group()

Held = Annotated[
    list[Path] | None,
    typer.Option(help="A proof that was handed out once: the ledger must continue it. Repeatable."),
]


@commands.callback()
def _group() -> None:
    pass


@commands.command()
def verify(context: typer.Context, receipt: Held = None) -> None:
    """Recompute the whole ledger and compare it with everything that was signed."""
    raise typer.Exit(run(_verify(settings_of(context), receipt or [])))


async def _verify(settings: "Settings", receipts: list[Path]) -> int:
    from bot.stores import open_prover
    from storage.ledger.audit import audit

    async with opened(settings) as store, store.read() as tx:
        keys = open_prover(settings, store).checkpoints.keys
        file = settings.storage.checkpoint_file
        held = [verified(receipt, keys).checkpoint for receipt in receipts]
        public_keys = [key.public_key for key in keys]
        found = await audit(tx, store.keyring, public_keys=public_keys, file=file, held=held)
    typer.echo(f"key     {keys[0]}")
    for former in keys[1:]:
        typer.echo(f"before  {former}")
    typer.echo(f"root    {found.root.hex()}")
    typer.echo(
        f"{found.size} lines, {found.checkpoints} checkpoints, {found.openings} consents compared"
    )
    for fault in found.faults:
        typer.echo(f"FAULT   {fault}", err=True)
    if found.faults:
        typer.echo("Keep database and checkpoints as they are: they are evidence.", err=True)
        return 1
    typer.echo("Nothing was changed since it was written.")
    return 0
