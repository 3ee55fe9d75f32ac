"""A simulator, a bot's webhook that keeps what it gets, and a client of the Graph double."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clock import MovableClock
from bot.simulator import SimulatedPage, Simulator
from tests.kit.patience import PATIENCE_S

PAGE = SimulatedPage(id="555000111", name="Town Library", access_token="demo-page-token")
OTHER_PAGE = SimulatedPage(id="555000222", name="Museum", access_token="other-token")
APP_SECRET = "demo-app-secret"
APP_ID = "123456"
PROOF = "ca014e1c2f82017b71f98ff4ffd96c868398c4491affc0b4ec8644c870a4ef59"

Event = dict[str, Any]


class Hook:
    """A webhook that keeps every body, and answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []
        self.statuses: list[int] = []
        self._arrived = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        """Keep a body; the next of `statuses` is the answer, else 200."""
        self.bodies.append(await request.read())
        self.signatures.append(request.headers["X-Hub-Signature-256"])
        async with self._arrived:
            self._arrived.notify_all()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def greet(self, request: web.Request) -> web.Response:
        """Answer the handshake."""
        is_ours = request.query["hub.verify_token"] == "verify-me"
        return web.Response(text=request.query["hub.challenge"] if is_ours else "no")

    async def wait_for(self, count: int) -> list[Event]:
        """Wait for so many bodies and return their entries."""
        async with self._arrived:
            await asyncio.wait_for(
                self._arrived.wait_for(lambda: len(self.bodies) >= count), timeout=PATIENCE_S
            )
        return self.entries

    @property
    def entries(self) -> list[Event]:
        """Every entry that arrived, in order."""
        return [entry for raw in self.bodies for entry in json.loads(raw)["entry"]]

    @property
    def events(self) -> list[Event]:
        """Every event of a thread that the bot holds, in order."""
        return [event for entry in self.entries for event in entry.get("messaging", [])]


class Caller:
    """Calls the Graph double as the bot does."""

    def __init__(self, session: aiohttp.ClientSession, simulator: Simulator) -> None:
        self._session = session
        self._simulator = simulator
        self._url = simulator.graph_url
        self.headers = {"Authorization": f"Bearer {PAGE.access_token}"}
        self.query = {"appsecret_proof": PROOF}

    def speaks_with(self, token: str) -> "Caller":
        """Return a caller with another token, and the proof that goes with it."""
        other = Caller(self._session, self._simulator)
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        other.headers = {"Authorization": f"Bearer {token}"}
        other.query = {"appsecret_proof": proof}
        return other

    async def call(self, method: str, path: str, **traits: Any) -> tuple[int, Event]:
        """Make a call and return status and JSON."""
        query = {**self.query, **traits.pop("params", {})}
        url = f"{self._url}/{path}"
        async with self._session.request(
            method, url, headers=self.headers, params=query, **traits
        ) as answer:
            return answer.status, await answer.json()

    async def send(self, psid: str, message: Event | None = None, **more: Any) -> Event:
        """Send a message; more fields, such as `tag`, go to the top level."""
        content = {
            "recipient": {"id": psid},
            "messaging_type": "RESPONSE",
            "message": message or {"text": "hello"},
            **more,
        }
        given = {name: value for name, value in content.items() if value is not None}
        return (await self.call("POST", f"v26.0/{PAGE.id}/messages", json=given))[1]


def sha256(raw: bytes) -> str:
    """Return the signature that a body must carry."""
    return "sha256=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()


@pytest.fixture
async def hook() -> Hook:
    """Return what the bot's webhook has got."""
    return Hook()


@pytest.fixture
async def simulator(hook: Hook) -> AsyncIterator[Simulator]:
    """Yield a simulator that posts to the hook; echoes and receipts are switched off."""
    app = web.Application()
    app.router.add_post("/webhook", hook.take)
    app.router.add_get("/webhook", hook.greet)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    simulator = Simulator(
        MovableClock(),
        pages=[PAGE, OTHER_PAGE],
        app_id=APP_ID,
        app_secret=APP_SECRET,
        verify_token="verify-me",
        webhook_url=f"http://127.0.0.1:{runner.addresses[0][1]}/webhook",
    )
    simulator.postman.retry_delays_s = (0.0, 0.0)
    simulator.receipts.echoes = False
    simulator.receipts.deliveries = False
    await simulator.start()
    yield simulator
    await simulator.stop()
    await runner.cleanup()


@pytest.fixture
async def caller(simulator: Simulator) -> AsyncIterator[Caller]:
    """Yield a client with the Page's token and proof."""
    async with aiohttp.ClientSession() as session:
        yield Caller(session, simulator)


@pytest.fixture
async def psid(simulator: Simulator) -> str:
    """Return somebody who has just written."""
    psid = simulator.add_person()
    await simulator.say(psid, "hi")
    return psid
