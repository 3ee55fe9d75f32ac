"""The pages on loopback, and somebody who reads them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from markupsafe import Markup

from bot.pages import Pages, routes
from bot.settings import parse_settings

LANGUAGES = ("en", "de", "fr", "es", "it", "pl")
RAW: dict[str, Any] = {
    "environment": "development",
    "server": {"public_url": "http://127.0.0.1:8080/bot"},
    "messenger": {"app_id": "1", "app_secret": "a" * 32, "verify_token": "b" * 16},
    "pages": [{"id": "1", "name": "Garden Club", "access_token": "t"}],
    "controller": {
        "name": "Example Gardeners",
        "address": "1 Example Street\n10000 Example Town",
        "email": "privacy@example.org",
        "dpo": "dpo@example.org",
        "authority": "Example Authority",
        "imprint_url": "https://example.org/legal",
    },
    "purposes": [
        {
            "id": "news",
            "class": "marketing",
            "title": "Monthly news",
            "text": "Once a month, what we do.",
            "de": {"title": "Monatsbrief", "text": "Einmal im Monat."},
        }
    ],
    "recipients": [
        {"name": "Example Hosting", "role": "hosting", "country": "DE"},
        {"name": "Example Post", "role": "mail", "country": "US", "purposes": ["news"]},
    ],
    "retention": {"stranger_hours": 49, "withdrawn_days": 31, "inactive_months": 13},
    "age": {"minimum": 17},
}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    html: str

    @property
    def text(self) -> str:
        """Return the words of the page, without the markup."""
        return unescape(Markup(self.html).striptags())  # noqa: S704 - it is only read


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser."""

    client: TestClient[web.Request, web.Application]

    async def get(self, path: str, **headers: str) -> Answer:
        """Open an address below the server's own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(path, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())


Opening = Callable[..., Awaitable[Reader]]


@pytest.fixture
def open_pages(aiohttp_client: Any) -> Opening:
    """Return a function that serves the pages, with some tables of the settings replaced."""

    async def opened(**tables: Any) -> Reader:
        app = web.Application()
        app.add_routes(routes(Pages.of(parse_settings(RAW | tables))))
        return Reader(await aiohttp_client(app))

    return opened


@pytest.fixture
async def reader(open_pages: Opening) -> Reader:
    """Return a reader of the usual pages."""
    return await open_pages()
