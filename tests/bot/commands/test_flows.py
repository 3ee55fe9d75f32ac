"""`flows`: pictures and tables of what runs."""

from flows import FLOWS
from flows.kit.diagram import mermaid, table
from tests.bot.commands.conftest import Operator


async def test_graph_draws_every_flow(operator: Operator) -> None:
    """Every flow comes as a Mermaid diagram, without any configuration."""
    operator.config.unlink()
    ended = await operator.runs("flows", "graph")
    assert ended.code == 0
    assert all(mermaid(flow) in ended.out for flow in FLOWS)


async def test_table_lists_one_flow(operator: Operator) -> None:
    """One flow can be asked for by its name."""
    ended = await operator.runs("flows", "table", "opt_in")
    flow = FLOWS.named("opt_in")
    assert flow is not None
    assert table(flow) in ended.out
    assert ended.out.count("## ") == 1


async def test_unknown_flow(operator: Operator) -> None:
    """A name that no flow has is wrong use, answered with the names there are."""
    ended = await operator.runs("flows", "graph", "lottery")
    assert ended.code == 2
    assert "welcome" in ended.err
