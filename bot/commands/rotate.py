"""`rotate`: secrets shared with Messenger, and the key that signs, changed while the bot runs.

No secret stands on the command line, where others can see it: it is typed, or comes from stdin.
"""

import sys
from datetime import timedelta
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.context import settings_of
from bot.commands.group import group
from bot.commands.process import protect, run

if TYPE_CHECKING:
    from bot.settings import Settings

commands = group()

_NO_FILE = (
    "{key} does not stand in a file, so a running bot can't learn a new one. Write it into a file "
    "of its own, set {key}_file to its path, start the bot anew, and try again."
)
_LEARN = (
    "Every process that reads this file follows within seconds, without a restart; where a "
    "machine has a file of its own, run this there too."
)
_NOT_YET = (
    "Webhooks signed with it are accepted from now on; calls go on with the one before until "
    "Messenger takes this one. Where it never does, it was mistyped: run this again."
)
_OVERLAP_HOURS = 24

Overlap = Annotated[
    int, typer.Option("--overlap-hours", min=0, help="How long the old one counts too; 0: not.")
]


@commands.command("app-secret")
def app_secret(context: typer.Context, *, overlap_hours: Overlap = _OVERLAP_HOURS) -> None:
    """Take a new app secret from Meta's dashboard; webhooks signed with either are accepted."""
    from bot.credentials import APP_SECRET

    settings = settings_of(context)
    file = _file_of(settings, APP_SECRET)
    secret = _typed("The new app secret: ")
    is_taken = all(_is_taken(settings, page.id, app_secret=secret) for page in settings.pages)
    _keep(file, secret, overlap_hours)
    if not is_taken:
        typer.echo(_NOT_YET, err=True)


@commands.command("page-token")
def page_token(
    context: typer.Context,
    *,
    page: Annotated[str, typer.Option(help="The Page's number; needed where there are several.")],
) -> None:
    """Take a new token of a Page, once Messenger takes it."""
    settings = settings_of(context)
    places = [at for at, one in enumerate(settings.pages) if one.id == page]
    if not places:
        raise typer.BadParameter("No [[pages]] table has this number.")
    file = _file_of(settings, f"pages.{places[0]}.access_token")
    token = _typed("The new token: ")
    if not _is_taken(settings, page, token=token):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(1)
    _keep(file, token, 0)


@commands.command("verify-token")
def verify_token(context: typer.Context, *, overlap_hours: Overlap = _OVERLAP_HOURS) -> None:
    """Make a new verify token and print it, for Meta's dashboard."""
    from secrets import token_urlsafe

    from bot.credentials import VERIFY_TOKEN

    file = _file_of(settings_of(context), VERIFY_TOKEN)
    token = token_urlsafe(32)
    _keep(file, token, overlap_hours)
    typer.echo("Type it into Meta's dashboard, beside the webhook's address:")
    typer.echo(token)


@commands.command("signing-key")
def signing_key(context: typer.Context) -> None:
    """Make new keys for the ledger and for exports, named by those before: old proofs stay good."""
    from bot.stores import secrets_provider, signing_file
    from storage.vault import signing_keys

    settings = settings_of(context)
    file = signing_file(settings)
    if file is None:
        typer.echo("The secrets come from the environment (keys.provider); write files.", err=True)
        raise typer.Exit(2)
    protect()
    signing_keys.rotate(file, secrets_provider(settings).load())
    typer.echo(f"Wrote {file}. {_LEARN}")
    typer.echo(
        "Back it up with the other key files. `chatmagico ledger verify` prints the new key and "
        "those before it: publish all of them, for a proof is checked with the key of its time, "
        "or with an older one."
    )


def _file_of(settings: "Settings", key: str) -> Path:
    file = settings.secret_files.get(key)
    if file is None:
        typer.echo(_NO_FILE.format(key=key), err=True)
        raise typer.Exit(2)
    protect()
    return file


def _typed(prompt: str) -> str:
    """Return what was typed unseen, or stands on stdin."""
    secret = (getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not secret:
        typer.echo("Nothing was typed, so nothing was changed.", err=True)
        raise typer.Exit(2)
    return secret


def _is_taken(
    settings: "Settings", page_id: str, *, token: str | None = None, app_secret: str | None = None
) -> bool:
    """Ask Messenger with the new one."""
    from bot.outbound.errors import GraphError

    try:
        run(_ask(settings, page_id, token, app_secret))
    except GraphError as refused:
        typer.echo(f"Messenger does not take it for Page {page_id}: {refused}", err=True)
        return False
    return True


async def _ask(
    settings: "Settings", page_id: str, token: str | None, app_secret: str | None
) -> None:
    from bot.outbound.graph import open_session
    from bot.outbound.lines import graphs

    (page,) = [one for one in settings.pages if one.id == page_id]
    known = [secret.get_secret_value() for secret in settings.messenger.app_secrets]
    async with open_session() as session:
        graph = graphs(settings, session)[page_id]
        graph.use(
            token=token or page.access_token.get_secret_value(),
            app_secrets=[app_secret] if app_secret else known,
        )
        await graph.get(page_id, fields="id")


def _keep(file: Path, secret: str, overlap_hours: int) -> None:
    from bot import secret_files
    from bot.clock import SystemClock

    until = SystemClock().now() + timedelta(hours=overlap_hours) if overlap_hours else None
    secret_files.replace(file, secret, keep_until=until)
    typer.echo(f"Wrote {file}. {_LEARN}")
    if until is not None:
        typer.echo(f"The one before counts until {until:%Y-%m-%d %H:%M} UTC; then it is deleted.")
