"""Each Page's line to the Graph API, and the app's own, as they are configured."""

from collections.abc import Callable, Sequence

import aiohttp

from bot.outbound.app import App
from bot.outbound.graph import Graph, GraphAccess
from bot.settings import Settings


def graphs(settings: Settings, session: aiohttp.ClientSession) -> dict[str, Graph]:
    """Return each Page's line to the Graph API."""
    messenger = settings.messenger
    return {
        page.id: Graph(
            GraphAccess(
                page_id=page.id,
                url=f"{messenger.graph_url}/{messenger.graph_version}",
                token=page.access_token.get_secret_value(),
                app_secret=messenger.app_secrets[0].get_secret_value(),
            ),
            session,
        )
        for page in settings.pages
    }


def app_of(
    settings: Settings, session: aiohttp.ClientSession, *, secrets: Callable[[], Sequence[str]]
) -> App:
    """Return the app's own line; `secrets` returns the app secrets that may hold now."""
    messenger = settings.messenger
    url = f"{messenger.graph_url}/{messenger.graph_version}"
    return App(messenger.app_id, url, session, secrets=secrets)
