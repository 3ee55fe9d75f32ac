"""`ropa`: the record of processing activities, made from the data map and the configuration."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.context import settings_of


def ropa(
    context: typer.Context,
    *,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; else it goes to stdout.")
    ] = None,
) -> None:
    """Write the record of processing activities as Markdown: Article 30 of the GDPR.

    It needs no database. What the program cannot know, the record lists as yours to complete.
    """
    from bot.clock import SystemClock
    from bot.papers.activities import activities

    text = activities(settings_of(context), made_on=SystemClock().now().date())
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
