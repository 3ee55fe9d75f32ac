"""`page`: the end of a Page's bot, carried out by the bot that runs, and the way back before it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.evidence import write_new
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import Store
    from storage.retirements import Retirement

commands = group()

_LOOK_S = 1.0
_WARNING = """\
This ends the bot of Page {page}, for good:
  {people} people are erased and their keys destroyed, {told} of them can be told so in the chat;
  {requests} requests that wait for an answer go with them: answer those first;
  {admins} admins who write to this Page are admins no more.
Nothing but a backup brings anybody back. Type the Page's number to go on"""
_NOT_SERVED = (
    "It is ordered, but no bot runs here: it is carried out as soon as `chatmagico serve` does. "
    "Run this again for the certificate."
)
_NOW = "Take its [[pages]] table out of the configuration now, and delete its token's file."

PageId = Annotated[str, typer.Argument(metavar="PAGE", help="The Page's number.")]
Proof = Annotated[
    Path | None,
    typer.Option(help="Also write the signed proof into this new file, for `verify-receipt`."),
]


@commands.command()
def retire(context: typer.Context, page: PageId, *, proof: Proof = None) -> None:
    """End a Page's bot: tell its people, erase them, leave Messenger; print a certificate.

    Run it again while that goes on, or later, to see the certificate.
    """
    settings = settings_of(context)
    if proof is not None and proof.exists():
        typer.echo(f"{proof} is there already, so nothing was done.", err=True)
        raise typer.Exit(2)
    if run(_is_new(settings, page)):
        typed = typer.prompt(run(_warning(settings, page)))
        if typed.strip() != page:
            typer.echo("That was another number, so nothing was done.", err=True)
            raise typer.Exit(1)
        run(_order(settings, page))
    raise typer.Exit(run(_wait(settings, page, proof)))


@commands.command()
def reopen(context: typer.Context, page: PageId) -> None:
    """Let a Page be served: its end is called off before it begins, or it begins anew after."""
    if not run(_reopen(settings_of(context), page)):
        typer.echo("Nothing was changed: its end was not ordered, or is going on.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Page {page} is served again, where it is configured.")


async def _is_new(settings: "Settings", page: str) -> bool:
    """Tell whether nothing was begun yet; a Page that nobody knows is wrong use."""
    async with opened(settings) as store:
        one = await _found(store, page)
        async with store.read() as tx:
            people = await store.retirements.count_left(tx, page)
    is_known = one is not None or people or page in {each.id for each in settings.pages}
    if not is_known:
        raise typer.BadParameter("No [[pages]] table has this number, and nobody wrote to it.")
    return one is None or one.begun_at_ms is None


async def _warning(settings: "Settings", page: str) -> str:
    from bot.clock import SystemClock

    async with opened(settings) as store, store.read() as tx:
        counts = await store.retirements.foresee(tx, page, now_ms=SystemClock().now_ms())
    return _WARNING.format(
        page=page,
        people=counts.people,
        told=counts.open_chats,
        requests=counts.requests,
        admins=counts.admins,
    )


async def _order(settings: "Settings", page: str) -> None:
    from bot.clock import SystemClock

    now_ms = SystemClock().now_ms()
    async with opened(settings) as store, store.write() as tx:
        await store.retirements.order(tx, page, by="operator", now_ms=now_ms, due_at_ms=now_ms)


async def _wait(settings: "Settings", page: str, proof: Path | None) -> int:
    from storage.nodes import is_served

    async with opened(settings) as store:
        told = None
        while True:
            one = await _found(store, page)
            if one is not None and one.done_at_ms is not None:
                return await _certify(settings, store, one, proof)
            if not await is_served(store.main):
                typer.echo(_NOT_SERVED, err=True)
                return 1
            async with store.read() as tx:
                left = await store.retirements.count_left(tx, page)
            if left != told:
                told = left
                typer.echo(f"{left} people left. It goes on without this command, too.", err=True)
            await asyncio.sleep(_LOOK_S)


async def _certify(
    settings: "Settings", store: "Store", one: "Retirement", proof: Path | None
) -> int:
    from bot.retiring.certificate import lines_of
    from bot.stores import open_prover

    prover = open_prover(settings, store)
    async with store.read() as tx:
        signed = await prover.checkpoints.newest(tx)
        file = await prover.of_receipt(tx, one.number)
    days = settings.retention.consent_evidence_days
    typer.echo("\n".join(lines_of(one, signed, evidence_days=days)))
    if proof is not None and file is not None:
        write_new(proof, file)
        typer.echo(f"Wrote {proof}. `chatmagico verify-receipt` checks it on any machine.")
    if one.page_id in {page.id for page in settings.pages}:
        typer.echo(_NOW)
    return 0


async def _reopen(settings: "Settings", page: str) -> bool:
    async with opened(settings) as store, store.write() as tx:
        return await store.retirements.cancel(tx, page)


async def _found(store: "Store", page: str) -> "Retirement | None":
    async with store.read() as tx:
        all_ = await store.retirements.list_all(tx)
    return next((one for one in all_ if one.page_id == page), None)
