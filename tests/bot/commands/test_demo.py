"""`demo`: one at a time in a folder."""

from pathlib import Path

from bot.demo import demonstrating, free_ports
from bot.sample import Ports
from tests.bot.commands.conftest import Operator


async def test_a_second_demo_points_to_the_first(tmp_path: Path) -> None:
    """Where a demo runs already, another one says so and nothing else."""
    async with demonstrating(tmp_path, free_ports(Ports(0, 0, 0))):
        ended = await Operator(tmp_path, {}).runs_alone("demo")
    assert (ended.code, ended.out) == (2, "")
    assert "A demo runs here already: look at its terminal for the address." in ended.err
    assert "Traceback" not in ended.err
