"""`policy`: what the notice says, what it would say, and publishing that without a chat."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.databases import opened
from bot.commands.group import group
from bot.commands.process import run

if TYPE_CHECKING:
    from bot.policy.publishing import Proposal
    from bot.settings import Settings

commands = group()

#: Who published what was published from the command line.
_OPERATOR = "operator"


@commands.command()
def show(context: typer.Context) -> None:
    """Tell which version is in force, and how many people were told of the newest."""
    for line in run(_show(settings_of(context))):
        typer.echo(line)


@commands.command()
def diff(context: typer.Context) -> None:
    """Show what the configuration would change; exit code 1 where it would change something."""
    proposal = run(_look(settings_of(context)))
    if not proposal.is_stale:
        typer.echo("Nothing: the published notice says just what the configuration does.")
        return
    _tell(proposal)
    raise typer.Exit(1)


@commands.command()
def publish(
    context: typer.Context,
    *,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The day from which on it holds (UTC)."),
    ] = None,
    ask_again: Annotated[
        list[str] | None,
        typer.Option(help="A purpose to which an older yes counts no more; may be repeated."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Publish without asking.")] = False,
) -> None:
    """Publish what is configured; a running bot follows, and tells people.

    Without `--ask-again`, people keep their yes to every purpose, reworded or not.
    """
    settings = settings_of(context)
    _tell(run(_look(settings)))
    if not yes:
        typer.confirm("Publish this?", abort=True)
    number = run(_publish(settings, start, tuple(ask_again or ())))
    typer.echo(f"Version {number} is published.")


def _tell(proposal: "Proposal") -> None:
    for one in proposal.differences:
        for line in one.lines:
            typer.echo(line)
    for line in proposal.words:
        typer.echo(line)


async def _look(settings: "Settings") -> "Proposal":
    from bot.clock import SystemClock
    from bot.policy.publishing import Publisher

    async with opened(settings) as store:
        publisher = Publisher(store, SystemClock(), settings)
        async with store.read() as tx:
            return await publisher.look(tx)


async def _show(settings: "Settings") -> list[str]:
    from bot.clock import SystemClock
    from bot.policy.publishing import Publisher

    async with opened(settings) as store:
        publisher = Publisher(store, SystemClock(), settings)
        async with store.read() as tx:
            newest, _ = await store.policies.numbers(tx)
            told = await store.policy_tellings.count(tx, newest)
            untold = await store.policy_tellings.count_untold(tx, newest=newest)
            standing = await publisher.standing(tx)
    ways = [f"told of version {newest}, {way}: {count}" for way, count in sorted(told.items())]
    return [f"{standing}.", *ways, f"not yet told: {untold}"]


async def _publish(settings: "Settings", start: datetime | None, ask_again: tuple[str, ...]) -> int:
    from bot.clock import SystemClock
    from bot.policy.publishing import Publisher
    from storage.admin_acts import AdminAct

    clock = SystemClock()
    at_ms = None if start is None else round(start.replace(tzinfo=UTC).timestamp() * 1000)
    async with opened(settings) as store, store.write() as tx:
        publisher = Publisher(store, clock, settings)
        draft = await publisher.begin(tx, by=_OPERATOR)
        changed = publisher.asking(publisher.starting(draft, at_ms), ask_again)
        draft = await publisher.edit(tx, draft, changed, by=_OPERATOR)
        number = await publisher.publish(tx, draft, by=_OPERATOR)
        store.admin_acts.note(
            tx,
            AdminAct(
                actor=_OPERATOR,
                role="",
                act="policy publish",
                object=f"version {number}",
                digest=draft.digest().hex(),
                at_ms=clock.now_ms(),
            ),
        )
    return number
