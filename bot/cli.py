"""The command line: `chatmagico …`, or `python -m bot …`.

Each command lives in a file of its own below `bot/commands/` and imports what is heavy only when
it runs: `--help` is quick, and `serve` holds nothing in memory that it does not use.

Exit codes: 0 good, 1 a check failed or something broke, 2 wrong use or configuration.
"""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bot.commands import (
    admin,
    backup,
    breach,
    broadcast,
    cases,
    chat,
    check,
    connect,
    consents,
    db,
    demo,
    evidence,
    flows,
    init,
    keys,
    ledger,
    page,
    policy,
    profile,
    quarantine,
    retention,
    ropa,
    rotate,
    serve,
    simulator,
    support,
)
from bot.commands.group import Group

#: As in pyproject.toml, which nothing can read where this runs from a folder.
VERSION: Final = "0.1.0"


class Commands(Group):
    """Runs a command; what an operator can mend is told in sentences, not in a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except _mendable() as refused:
            typer.echo(f"{refused}\n{refused.advice}", err=True)
            raise typer.Exit(2) from None


def _mendable() -> Any:
    """Return what an operator can mend; asked only when something was raised, to stay quick."""
    from bot.errors import BotError
    from flows.kit.errors import FlowError
    from storage.errors import StorageError

    return BotError, FlowError, StorageError


app = typer.Typer(
    cls=Commands,
    name="chatmagico",
    help="A Messenger bot for organisations that must take people's data seriously.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if is_asked:
        typer.echo(f"chatmagico {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            help="The configuration file; else CHATMAGICO_CONFIG, else ./config.toml.",
            show_default=False,
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version."),
    ] = False,
) -> None:
    context.obj = config


app.command()(demo.demo)
app.command()(chat.chat)
app.command()(simulator.simulator)
app.command()(init.init)
app.command()(connect.connect)
app.command()(serve.serve)
app.command()(check.check)
app.command()(retention.retention)
app.command()(ropa.ropa)
app.command()(evidence.evidence)
app.command()(evidence.verify_receipt)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(admin.audit)
app.command()(support.support_bundle)
app.add_typer(admin.commands, name="admin", help="Who may give commands in the chat.")
app.add_typer(db.commands, name="db", help="The two databases.")
app.add_typer(keys.commands, name="keys", help="The secrets that open people's keys.")
app.add_typer(rotate.commands, name="rotate", help="Secrets that change while the bot runs.")
app.add_typer(profile.commands, name="profile", help="What a Page shows around the chat.")
app.add_typer(flows.commands, name="flows", help="The conversations, as pictures and tables.")
app.add_typer(broadcast.commands, name="broadcast", help="What goes out to many.")
app.add_typer(cases.commands, name="cases", help="Requests that a human answers.")
app.add_typer(breach.commands, name="breach", help="The register of breaches.")
app.add_typer(consents.commands, name="consents", help="What people were asked, without people.")
app.add_typer(ledger.commands, name="ledger", help="The lines that prove consents and erasures.")
app.add_typer(policy.commands, name="policy", help="The notice: what is in force, and publishing.")
app.add_typer(page.commands, name="page", help="The end of a Page's bot.")
app.add_typer(quarantine.commands, name="quarantine", help="Events that could not be handled.")


def main() -> None:
    """Run the command line and end the process with its exit code."""
    app(prog_name="chatmagico")
