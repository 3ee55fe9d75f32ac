"""The pages on loopback, and somebody who reads them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from markupsafe import Markup

from bot.details.values import accepted
from bot.pages import Callbacks, Desks, Pages, Press, Subscription, guard_all, routes
from bot.pages.bring_back import Verdict
from bot.pages.detail import Asked, Taken
from bot.pages.enroll import Shown
from bot.settings import parse_settings
from storage import StorageUnavailable
from storage.tellings import Told

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
    #: How far recipients were told, whatever the receipt.
    recipients: list[Told] = field(default_factory=list)
    is_down: bool = False

    async def status(self, code: str) -> str | None:
        """Tell what became of a request."""
        self._ask()
        return self.known.get(code)

    async def told(self, code: str) -> list[Told]:
        """Tell how far recipients were told."""
        self._ask()
        return self.recipients if self.known.get(code) in {"ordered", "done"} else []

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


@dataclass
class Counter:
    """Takes details in for as long as a test runs; every link has the letters of its detail."""

    open: dict[str, Asked] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    is_down: bool = False

    async def look(self, token: str) -> Asked | None:
        """Tell what an open link asks for."""
        if self.is_down:
            raise StorageUnavailable
        return self.open.get(token)

    async def take(self, token: str, typed: str) -> Taken:
        """Take what is a value, and spend the link."""
        asked = self.open[token]
        value = accepted(asked.name, typed)
        if value is None:
            return "refused"
        self.taken[asked.name] = value
        del self.open[token]
        return "kept"


@dataclass
class Desk:
    """Gives out one file for each good link, and takes files in, for as long as a test runs."""

    tokens: set[str] = field(default_factory=set)
    verdict: Verdict = "done"
    taken: list[bytes] = field(default_factory=list)
    is_down: bool = False

    async def is_open(self, token: str) -> bool:
        """Tell whether a link is good."""
        if self.is_down:
            raise StorageUnavailable
        return token in self.tokens

    async def hand_out(self, token: str) -> bytearray | None:
        """Give the file out, once."""
        if not await self.is_open(token):
            return None
        self.tokens.discard(token)
        return bytearray(b"<html>a file</html>\n")

    async def enroll(self, token: str) -> Shown | None:
        """Give a seed out, once."""
        if not await self.is_open(token):
            return None
        self.tokens.discard(token)
        return Shown("A-2", "JBSWY3DPEHPK3PXP", "<svg></svg>")

    async def take(self, token: str, file: bytearray) -> Verdict:
        """Take a file in and say what the test wants said."""
        del token
        self.taken.append(bytes(file))
        return self.verdict


@dataclass
class Links:
    """Knows unsubscribe links for as long as a test runs."""

    known: dict[str, Subscription] = field(default_factory=dict)
    is_down: bool = False

    async def look(self, token: str) -> Subscription | None:
        """Tell what a link is about."""
        if self.is_down:
            raise StorageUnavailable
        return self.known.get(token)

    async def end(self, token: str) -> Subscription | None:
        """End everything that a link is about."""
        found = await self.look(token)
        if found is None:
            return None
        left = tuple(one for one in found.granted if one not in found.on_offer)
        self.known[token] = replace(found, granted=left, ended=())
        return replace(found, granted=left, ended=found.on_offer)


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
    links: Links = field(default_factory=Links)
    #: Grows by one each time the app is told to have been removed.
    removals: list[str | None] = field(default_factory=list)
    counter: Counter = field(default_factory=Counter)
    desk: Desk = field(default_factory=Desk)

    async def get(self, path: str, **headers: str) -> Answer:
        """Open an address below the server's own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(path, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def request(self, method: str, path: str, **headers: str) -> Answer:
        """Ask for an address in any way."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.request(method, path, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    async def post(self, path: str, data: Any, **headers: str) -> Answer:
        """Send a form, or any other body, to an address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post(path, data=data, headers=named) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())


Opening = Callable[..., Awaitable[Reader]]


async def no_breaches(_language: str) -> list[str]:
    """Tell nothing in public."""
    return []


@pytest.fixture
def open_pages(aiohttp_client: Any) -> Opening:
    """Return a function that serves the pages, with some tables of the settings replaced."""

    async def opened(**tables: Any) -> Reader:
        ledger, links, removals = Ledger(), Links(), list[str | None]()

        async def removed(page_id: str | None) -> None:
            removals.append(page_id)

        callbacks = Callbacks(
            receipts=ledger,
            app_secrets=lambda: SECRETS,
            deauthorized=removed,
        )
        app = web.Application(middlewares=[guard_all])
        counter, desk = Counter(), Desk()
        told = Pages.of(parse_settings(RAW | tables))
        desks = Desks(
            details=counter,
            enrolling=desk,
            exports=desk,
            proofs=desk,
            returns=desk,
            subscriptions=links,
            breaches=no_breaches,
        )
        app.add_routes(routes(Press(told), callbacks, desks, url=told.url))
        return Reader(await aiohttp_client(app), ledger, links, removals, counter, desk)

    return opened


@pytest.fixture
async def reader(open_pages: Opening) -> Reader:
    """Return a reader of the usual pages."""
    return await open_pages()
