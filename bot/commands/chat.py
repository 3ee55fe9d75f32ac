"""`chat`: the bot in a terminal."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot.commands.process import protect, run


def chat(
    data: Annotated[
        Path | None,
        typer.Option(help="A folder to keep data and keys in; without it nothing is kept."),
    ] = None,
) -> None:
    """Chat with the bot in this terminal.

    It comes with a Messenger of its own. A number picks a button; anything else is typed.
    """
    protect()
    if data is not None:
        run(_chat(data))
        return
    with TemporaryDirectory(prefix="chatmagico-") as folder:
        run(_chat(Path(folder)))


async def _chat(folder: Path) -> None:
    import sys

    from bot.console import Console, lines_of
    from bot.demo import demonstrating, free_ports
    from bot.sample import Ports

    async with demonstrating(folder, free_ports(Ports(0, 0, 0))) as shown:
        console = Console(shown.simulator, shown.bot.store, say=typer.echo)
        await console.run(lines_of(sys.stdin.fileno()), is_echoed=not sys.stdin.isatty())
