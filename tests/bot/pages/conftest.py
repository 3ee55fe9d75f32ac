"""The pages on loopback, and somebody who reads them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from markupsafe import Markup

from bot.pages import Callbacks, Pages, routes
from bot.settings import parse_settings
from storage import StorageUnavailable

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


#: The app secret, and the one before it.
SECRETS = (b"demo-app-secret", b"older-app-secret")


@dataclass
class Ledger:
    """Knows receipts and codes for as long as a test runs."""

    known: dict[str, str] = field(default_factory=dict)
    is_down: bool = False

    async def status(self, code: str) -> str | None:
        """Tell what became of a request."""
        self._ask()
        return self.known.get(code)

    async def proof(self, code: str) -> bytes | None:
        """Return what proves a receipt."""
        self._ask()
        return b"{}" if self.known.get(code) in {"ordered", "done"} else None

    async def note_callback(self, code: str) -> None:
        """Remember a code."""
        self._ask()
        self.known[code] = "callback"

    def _ask(self) -> None:
        if self.is_down:
            raise StorageUnavailable


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
    ledger: Ledger = field(default_factory=Ledger)
    #: Grows by one each time the app is told to have been removed.
    removals: list[None] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> Answer:
        """Open an address below the server's own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(path, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def post(self, path: str, data: Any, **headers: str) -> Answer:
        """Send a form, or any other body, to an address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post(path, data=data, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())


Opening = Callable[..., Awaitable[Reader]]


@pytest.fixture
def open_pages(aiohttp_client: Any) -> Opening:
    """Return a function that serves the pages, with some tables of the settings replaced."""

    async def opened(**tables: Any) -> Reader:
        ledger, removals = Ledger(), list[None]()
        callbacks = Callbacks(
            receipts=ledger,
            app_secrets=lambda: SECRETS,
            deauthorized=lambda: removals.append(None),
        )
        app = web.Application()
        app.add_routes(routes(Pages.of(parse_settings(RAW | tables)), callbacks))
        return Reader(await aiohttp_client(app), ledger, removals)

    return opened


@pytest.fixture
async def reader(open_pages: Opening) -> Reader:
    """Return a reader of the usual pages."""
    return await open_pages()
