"""`flows`: the conversations, drawn from what runs."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from bot.commands.group import group

commands = group()

Name = Annotated[str | None, typer.Argument(help="One flow's name; all without it.")]


@commands.command()
def graph(name: Name = None) -> None:
    """Draw flows as Mermaid state diagrams."""
    from flows.kit.diagram import mermaid

    for flow in _chosen(name):
        typer.echo(f"## {flow.name}\n\n```mermaid\n{mermaid(flow)}\n```\n")


@commands.command()
def table(name: Name = None) -> None:
    """List every place of every flow with every input, as Markdown tables."""
    from flows.kit.diagram import table as drawn

    for flow in _chosen(name):
        typer.echo(f"## {flow.name}\n\n{drawn(flow)}\n")


def _chosen(name: str | None) -> Iterable[Any]:
    from flows import FLOWS

    if name is None:
        return FLOWS
    flow = FLOWS.named(name)
    if flow is None:
        known = ", ".join(flow.name for flow in FLOWS)
        raise typer.BadParameter(f"There is no flow {name}. There are: {known}.")
    return [flow]
