"""The command line as a whole."""

import asyncio
import sys
import tomllib

from tests.bot.commands.conftest import ROOT, Operator

HEAVY = ("sqlalchemy", "aiohttp", "pydantic", "alembic", "apscheduler", "requests", "rich")


async def loaded_by(module: str) -> set[str]:
    """Return what a fresh process has loaded once it imported a module."""
    code = f"import sys, {module}; print(*sys.modules)"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return set(out.decode().split())


async def test_help_lists_every_command(operator: Operator) -> None:
    """--help names every command; no command at all shows it too, as wrong use."""
    ended = await operator.runs_alone("--help")
    assert ended.code == 0
    names = ("demo", "chat", "serve", "check", "db", "keys", "profile", "flows", "quarantine")
    assert all(f"\n  {name} " in ended.out for name in names)
    assert (await operator.runs()).code == 2


async def test_help_ends_no_sentence_in_the_middle(operator: Operator) -> None:
    """What a command does is read whole, of the commands and of each group."""
    for words in ([], ["keys"], ["broadcast"]):
        ended = await operator.runs_alone(*words, "--help")
        listed = ended.out.partition("Commands:")[2]
        assert listed
        assert "..." not in listed


async def test_version(operator: Operator) -> None:
    """--version tells the version of the package, without any configuration."""
    operator.config.unlink()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ended = await operator.runs("--version")
    assert (ended.code, ended.out) == (0, f"chatmagico {project['version']}\n")


async def test_help_is_quick() -> None:
    """The command line alone loads nothing heavy."""
    assert not (await loaded_by("bot.cli")).intersection(HEAVY)


async def test_serve_loads_no_more_than_it_uses() -> None:
    """What `serve` runs loads neither the simulator nor the migrations."""
    loaded = await loaded_by("bot.commands.serve, bot.app")
    assert not loaded.intersection({"bot.simulator", "bot.demo", "alembic", "typer.rich_utils"})


async def test_unknown_command(operator: Operator) -> None:
    """A command that there is not is wrong use."""
    ended = await operator.runs("surve")
    assert ended.code == 2
    assert "serve" in ended.err
