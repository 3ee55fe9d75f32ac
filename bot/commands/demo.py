"""`demo`: the bot and a Messenger of its own, in the browser."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.commands.process import end_on_signal, protect, run, until_ended
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.demo import Demo
    from bot.sample import Ports


class RunsAlready(BotError):
    """A demo runs here already: look at its terminal for the address."""

    advice = "Ctrl-C ends it there; then this one can start."


def demo() -> None:
    """Show the bot in the browser.

    It comes with a Messenger of its own, so it needs no app, no Page and no review.
    """
    protect()
    from storage import AlreadyServed

    try:
        raise typer.Exit(run(_demo()))
    except AlreadyServed:
        raise RunsAlready from None


async def _demo() -> int:
    from bot.demo import PORTS, demonstrating, free_ports

    wished = end_on_signal()
    ports = free_ports(PORTS)
    async with demonstrating(Path(), ports) as shown:
        tell_taken(PORTS, ports)
        typer.echo(f"Open {shown.simulator.url} in your browser")
        typer.echo(f"or {_scanned(shown)} to come as by a QR code on a German poster.")
        typer.echo("Data is kept in ./data and keys in ./keys. Ctrl-C ends the demo.")
        code = await until_ended(shown.bot, wished)
        typer.echo("\nStopping ...")
    return code


def _scanned(shown: "Demo") -> str:
    from flows.links import reference

    ref = reference("de", shown.bot.settings.purposes[0].id)
    return f"{shown.simulator.url}/{next(iter(shown.simulator.pages))}?ref={ref}"


def tell_taken(wanted: "Ports", found: "Ports") -> None:
    """Name each port that another program holds, and the one in its place."""
    for field in fields(wanted):
        port, other = getattr(wanted, field.name), getattr(found, field.name)
        if port != other:
            typer.echo(f"Port {port} is taken by another program; using {other} in its place.")
