"""`admin`: who may give commands in the chat; `audit`: what they did."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import Role, settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import Store, Transaction
    from storage.admin_acts import NumberedAct
    from storage.admins import Admin

commands = group()


@commands.command()
def invite(
    context: typer.Context,
    *,
    role: Annotated[Role, typer.Option(help="What they may do, see docs/admins.md.")],
) -> None:
    """Print a code that makes whoever types it in the chat an admin; it works once, 15 minutes."""
    code = run(_invite(settings_of(context), role))
    typer.echo("Within 15 minutes, type this into the chat with your Page:")
    typer.echo(f"/admin claim {code}")


@commands.command()
def enroll(context: typer.Context) -> None:
    """Set up the authenticator app of the first owner, with a QR code in this terminal.

    Everybody else sets it up on a page of their own, which the chat gives them.
    """
    from bot import qr
    from bot.admins import totp

    settings = settings_of(context)
    name = run(_first_owner(settings))
    seed = totp.new_seed()
    issuer = settings.controller.name or settings.pages[0].name
    typer.echo(qr.for_terminal(totp.address(seed, name=name, issuer=issuer)))
    typer.echo(f"Or type this key into the app: {seed}")
    code = typer.prompt("The six digits that the app shows now")
    if not run(_keep(settings, seed, code.replace(" ", ""))):
        typer.echo("That code is wrong, so nothing was kept. Please start again.", err=True)
        raise typer.Exit(1)
    typer.echo("Noted. Type /help in the chat.")


@commands.command("list")
def list_(context: typer.Context) -> None:
    """List the admins by number and role; names are not kept."""
    admins = run(_list(settings_of(context)))
    if not admins:
        typer.echo("Nobody is an admin. `chatmagico admin invite --role owner` makes the first.")
    for admin in admins:
        typer.echo(
            f"{admin.name}  {admin.role}{'' if admin.proved_at_ms else '  no code used yet'}"
        )


@commands.command()
def revoke(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The admin's number, such as A-2.")],
) -> None:
    """Make an admin a person like all others; code, sessions and sign-ins go at once."""
    run(_revoke(settings_of(context), name))
    typer.echo(f"{name} is no admin any more.")


def audit(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(help="How many lines, the newest first.", min=1)] = 50,
) -> None:
    """Show what admins did, as it stands in the ledger: by number, never by name."""
    from bot.clock import clock_time

    for one in run(_audit(settings_of(context), limit)):
        act = one.act
        who = f"{act.actor} {act.role}".rstrip()
        typer.echo(
            f"{one.index}  {clock_time(act.at_ms)}  {who}: {act.act} {act.object}"
            f"  {act.digest}".rstrip()
        )


async def _invite(settings: "Settings", role: Role) -> str:
    from bot.clock import SystemClock

    now_ms = SystemClock().now_ms()
    async with opened(settings) as store, store.write() as tx:
        code = await store.admins.invite(tx, role, now_ms=now_ms)
        _note(store, tx, f"admin invite {role}", "", now_ms)
        return code


async def _first_owner(settings: "Settings") -> str:
    from bot.admins.first_owner import first_owner

    async with opened(settings) as store, store.read() as tx:
        return (await first_owner(tx, store)).name


async def _keep(settings: "Settings", seed: str, code: str) -> bool:
    from bot.admins.first_owner import enroll_first_owner
    from bot.clock import SystemClock

    async with opened(settings) as store, store.write() as tx:
        return await enroll_first_owner(tx, store, seed, code, now_ms=SystemClock().now_ms())


async def _list(settings: "Settings") -> "list[Admin]":
    async with opened(settings) as store, store.read() as tx:
        return await store.admins.list_all(tx)


async def _revoke(settings: "Settings", name: str) -> None:
    from bot.admins.first_owner import revoke_from_server
    from bot.clock import SystemClock
    from bot.outbound.notices import notices_of

    async with opened(settings) as store, store.write() as tx:
        notices = notices_of(settings, store)
        await revoke_from_server(tx, store, notices, name, now_ms=SystemClock().now_ms())


async def _audit(settings: "Settings", limit: int) -> "list[NumberedAct]":
    async with opened(settings) as store, store.read() as tx:
        return await store.admin_acts.newest(tx, limit=limit)


def _note(store: "Store", tx: "Transaction", act: str, about: str, now_ms: int) -> None:
    from storage.admin_acts import OPERATOR, AdminAct

    store.admin_acts.note(tx, AdminAct(OPERATOR, "", act, about, "", now_ms))
