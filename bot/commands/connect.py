"""`connect`: from an app at Meta to a Page that answers, step by step; safe to run again."""

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.process import protect, run

if TYPE_CHECKING:
    import aiohttp

    from bot.connecting.dialog import Dialog
    from bot.connecting.place import HeldPage, Place
    from bot.settings import Settings

_SERVE = (
    "Now the bot has to run. Start `chatmagico serve` in another terminal, or start its service "
    "anew, so that it knows the Page. I wait …"
)
_MOVED = (
    "Until now this app posted to {before}. What runs there gets nothing any more: where it is to "
    "go on, it needs an app of its own."
)
_DONE = "{name} is connected: a message came in, its answer went out, and the echo came back."


def connect(
    context: typer.Context,
    *,
    app_id: Annotated[str, typer.Option(help="The app's number; else it is asked for.")] = "",
    page: Annotated[str, typer.Option(help="The Page's number, where there are several.")] = "",
    wait_s: Annotated[
        float, typer.Option(help="How long to wait for the bot to run, and for your message.")
    ] = 900.0,
) -> None:
    """Connect a Page: take its token, subscribe, show the profile, and wait for a message.

    App secret and token are typed unseen, or read from stdin line by line. What is there already
    is not asked for, so run it again whenever something does not work.
    """
    from bot.connecting.dialog import Dialog
    from bot.connecting.place import Place

    protect()
    place = Place(context.obj)
    dialog = Dialog(typer.echo, _typed, _typed_unseen)
    if not run(_connect(place, dialog, app_id, page, wait_s)):
        raise typer.Exit(1)


async def _connect(place: "Place", dialog: "Dialog", app_id: str, page: str, wait_s: float) -> bool:
    from bot.clock import SystemClock
    from bot.connecting.account import known_app, known_page
    from bot.outbound.graph import open_session
    from bot.settings import load_settings

    async with open_session() as session:
        app = await known_app(place, session, dialog, app_id)
        held = await known_page(place, app, dialog, wanted=page, now_ms=SystemClock().now_ms())
        settings = load_settings(place.config)
        return await _bring_up(settings, session, held, place, wait_s)


async def _bring_up(
    settings: "Settings",
    session: "aiohttp.ClientSession",
    held: "HeldPage",
    place: "Place",
    wait_s: float,
) -> bool:
    from bot.commands.profile import push_page
    from bot.connecting.proving import Proving
    from bot.connecting.webhook import subscribe
    from bot.outbound.lines import app_of, graphs
    from bot.outbound.subscribing import Subscribing

    lines, messenger = graphs(settings, session), settings.messenger
    host = settings.metrics.host
    metrics = f"http://{f'[{host}]' if ':' in host else host}:{settings.metrics.port}/metrics"
    proving = Proving(session, metrics, wait_s=wait_s)
    since_s = place.config.stat().st_mtime
    if not await proving.is_served(since_s=since_s):
        typer.echo(_SERVE)
        await proving.require_served(since_s=since_s)
    webhook_url = f"{settings.server.public_url}/webhook"
    secrets = [secret.get_secret_value() for secret in messenger.app_secrets]
    subscribing = Subscribing(
        lines,
        app_of(settings, session, secrets=lambda: secrets),
        webhook_url=webhook_url,
        verify_tokens=lambda: [messenger.verify_token.get_secret_value()],
    )
    if before := await subscribe(subscribing, held.id, url=webhook_url):
        typer.echo(_MOVED.format(before=before), err=True)
    typer.echo(f"Meta posts what happens on {held.name} to {webhook_url}.")
    if not await push_page(settings, lines, held.id):
        return False
    await proving.require_echo(held.id, tell=typer.echo)
    typer.echo(_DONE.format(name=held.name))
    return True


def _typed(question: str) -> str:
    typer.echo(f"{question}: ", nl=False)
    return _line()


def _typed_unseen(question: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"{question}: ").strip()
    typer.echo(f"{question}: ")
    return _line()


def _line() -> str:
    line = sys.stdin.readline()
    if not line:
        typer.echo("\nNothing more was typed. Run this again to go on where it stands.", err=True)
        raise typer.Exit(2)
    return line.strip()
