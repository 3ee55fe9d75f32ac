"""A door on loopback, with a shelf behind it instead of a database."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.inbound.events import WireEvent
from bot.inbound.webhook import PATH, Door, routes

from .certificate import Certificate, issue_certificate

SECRET = b"demo-app-secret"
OLD_SECRET = b"the-secret-before"
VERIFY_TOKEN = "a-token-typed-into-the-dashboard"
PAYLOADS = Path(__file__).parents[2] / "payloads"


class NotKept(Exception):
    """The shelf takes nothing."""


@dataclass
class Shelf:
    """Keeps events in a list, or refuses to."""

    kept: list[WireEvent] = field(default_factory=list)
    is_broken: bool = False

    async def keep(self, events: Sequence[WireEvent]) -> None:
        """Keep the events."""
        if self.is_broken:
            raise NotKept
        self.kept.extend(events)


@dataclass
class Counted:
    """Remembers what the door counted."""

    acks: Counter[int] = field(default_factory=Counter)
    unsupported_kinds: Counter[str] = field(default_factory=Counter)

    def ack(self, status: int) -> None:
        """Count an answer."""
        self.acks[status] += 1

    def unsupported(self, kind: str) -> None:
        """Count what is no event."""
        self.unsupported_kinds[kind] += 1


def signed(raw: bytes, secret: bytes = SECRET) -> dict[str, str]:
    """Return the header with which Meta sends this body."""
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret, raw, 'sha256').hexdigest()}"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitor:
    """Somebody who knocks at the door."""

    client: TestClient[web.Request, web.Application]
    shelf: Shelf
    counted: Counted
    door: Door

    async def post(self, raw: Any, *, headers: Any = None) -> Answer:
        """Post a body, signed unless other headers are given."""
        sent = signed(raw) if headers is None else headers
        data = BytesIO(raw) if isinstance(raw, bytes) else raw
        async with self.client.post(PATH, data=data, headers=sent) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.read())

    async def get(self, query: Mapping[str, str] | str) -> Answer:
        """Ask as Meta does when the callback is set up."""
        async with self.client.get(PATH, params=query) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.read())

    async def raw(self, sent: bytes) -> bytes:
        """Send these bytes on a connection of their own, and return the status that comes back."""
        reader, writer = await asyncio.open_connection(self.client.host, self.client.port)
        writer.write(sent)
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line.split()[1]


Opening = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def open_door(aiohttp_client: Any) -> Opening:
    """Return a function that opens a door, with some of its parts replaced."""

    async def opened(**parts: Any) -> Visitor:
        shelf, counted = Shelf(), Counted()
        usual = Door(
            app_secrets=lambda: (SECRET, OLD_SECRET),
            verify_tokens=lambda: [VERIFY_TOKEN],
            keep=shelf.keep,
            not_kept=NotKept,
            metrics=counted,
        )
        door = replace(usual, **parts)
        app = web.Application()
        app.add_routes(routes(door))
        server = TestServer(app)
        await server.start_server(access_log=None, auto_decompress=False)  # as `runner_of` does
        return Visitor(await aiohttp_client(server), shelf, counted, door)

    return opened


@pytest.fixture
async def visitor(open_door: Opening) -> Visitor:
    """Return somebody in front of the usual door."""
    return await open_door()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for loopback."""
    return issue_certificate(tmp_path_factory.mktemp("certificate"))
