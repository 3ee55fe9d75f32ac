"""App secret, verify token and Page tokens as a running bot has them: they change while it runs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import aiohttp

from bot import secret_files
from bot.clock import Clock
from bot.jobs.page_probe import PageProbe
from bot.logs import Action, action
from bot.outbound.graph import Graph
from bot.outbound.lines import app_of
from bot.outbound.subscribing import Subscribing
from bot.secret_files import SecretFileUnusable
from bot.settings import Settings
from bot.settings.sections import Page

APP_SECRET: Final = "messenger.app_secret"  # noqa: S105 - the name of one
VERIFY_TOKEN: Final = "messenger.verify_token"  # noqa: S105 - the name of one


class Credentials:
    """Reads what Messenger and we share again and again, and hands it out.

    Args:
        settings: What it was at the start, and which of it stands in files.
        clock: Tells when a secret before the present one counts no more.
        graphs: The lines that speak with it.
    """

    def __init__(self, settings: Settings, clock: Clock, graphs: Mapping[str, Graph]) -> None:
        messenger = settings.messenger
        self._clock = clock
        self._graphs = {
            f"pages.{at}.access_token": graphs[page.id] for at, page in _numbered(settings)
        }
        #: Each secret, the present one first.
        self._held = {
            APP_SECRET: [secret.get_secret_value() for secret in messenger.app_secrets],
            VERIFY_TOKEN: [messenger.verify_token.get_secret_value()],
            **{
                f"pages.{at}.access_token": [page.access_token.get_secret_value()]
                for at, page in _numbered(settings)
            },
        }
        self._files = {
            key: file for key, file in settings.secret_files.items() if key in self._held
        }
        #: What the configuration itself names as the secret before; it counts as long as it does.
        self._named = self._held[APP_SECRET][1:]
        self._app_secrets = _encoded(self._held[APP_SECRET])
        self.learn()

    def app_secrets(self) -> Sequence[bytes]:
        """Return what a webhook may be signed with, the present one first."""
        return self._app_secrets

    def verify_tokens(self) -> Sequence[str]:
        """Return what Meta may name when it asks whether this is the webhook."""
        return self._held[VERIFY_TOKEN]

    def learn(self) -> bool:
        """Read the files again; return whether anything changed. What can't be read stays."""
        changed = [key for key, file in self._files.items() if self._has_changed(key, file)]
        self._app_secrets = _encoded(self._held[APP_SECRET])
        for key, graph in self._graphs.items():
            if key in changed or APP_SECRET in changed:
                graph.use(token=self._held[key][0], app_secrets=self._held[APP_SECRET])
        return bool(changed)

    def _has_changed(self, key: str, file: Path) -> bool:
        now = self._clock.now()
        try:
            secret_files.drop_over(file, now=now)
            previous = secret_files.read_previous(file, now=now)
            held = [secret_files.read(file), *([previous] if previous else [])]
        except SecretFileUnusable:
            action(Action.SECRET_UNREADABLE, kind=key)
            return False
        if key == APP_SECRET:
            held += [secret for secret in self._named if secret not in held]
        if held == self._held[key]:
            return False
        self._held[key] = held
        action(Action.SECRET_LEARNED, kind=key, count=len(held))
        return True


def learning(credentials: Credentials, probe: PageProbe) -> Callable[[], Awaitable[None]]:
    """Return what reads the secrets again, and lets Pages send at once that waited for new ones."""

    async def learn() -> None:
        if await asyncio.to_thread(credentials.learn):
            await probe.resume_mended()

    return learn


def subscribing_of(
    settings: Settings,
    session: aiohttp.ClientSession,
    lines: Mapping[str, Graph],
    credentials: Credentials,
) -> Subscribing:
    """Return what subscribes the app and its Pages, with the secrets as they are at the time."""
    app = app_of(
        settings,
        session,
        secrets=lambda: [secret.decode() for secret in credentials.app_secrets()],
    )
    return Subscribing(
        lines,
        app,
        webhook_url=f"{settings.server.public_url}/webhook",
        verify_tokens=credentials.verify_tokens,
    )


def _numbered(settings: Settings) -> list[tuple[int, Page]]:
    return list(enumerate(settings.pages))


def _encoded(held: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(secret.encode() for secret in held)
