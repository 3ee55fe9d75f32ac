"""The chat page's own addresses: acts, live updates, and who may use them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.simulator import Simulator
from tests.bot.simulator.conftest import PAGE, Caller, Hook


@pytest.fixture
async def browser(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a session at the chat page's address."""
    async with aiohttp.ClientSession(simulator.url) as session:
        yield session


async def next_event(stream: aiohttp.ClientResponse) -> tuple[str, Any]:
    """Read one server-sent event."""
    kind = (await stream.content.readline()).decode().removeprefix("event: ").strip()
    data = (await stream.content.readline()).decode().removeprefix("data: ")
    await stream.content.readline()
    return kind, json.loads(data)


async def test_the_page_is_served_locked_down(browser: aiohttp.ClientSession) -> None:
    """The page and its files come with a policy that lets nothing in from elsewhere."""
    for path in ("/", "/555000111?ref=de-news", "/static/main.js", "/static/page.css"):
        async with browser.get(path) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "https://" not in await answer.text()


async def test_no_other_file_is_served(browser: aiohttp.ClientSession) -> None:
    """Only the page's own files are served."""
    for name in ("none.js", "..%2Fchat_page.py", ".hidden"):
        async with browser.get(f"/static/{name}") as answer:
            assert answer.status == 404


async def test_only_loopback_names(browser: aiohttp.ClientSession) -> None:
    """A page of another name in the same browser cannot drive the simulator."""
    async with browser.post("/sim/people", json={}, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    async with browser.post("/sim/people", data=b"{}") as answer:
        assert answer.status == 415


async def test_acts_over_http(
    browser: aiohttp.ClientSession, simulator: Simulator, hook: Hook
) -> None:
    """A person can be added, and acts, over HTTP."""
    async with browser.post("/sim/people", json={"name": "", "page_id": PAGE.id}) as answer:
        psid = (await answer.json())["psid"]
    async with browser.post(f"/sim/people/{psid}/say", json={"text": "hello"}) as answer:
        assert answer.status == 204
    assert hook.events[-1]["message"]["text"] == "hello"
    assert simulator.people.get(psid).name == "Person 1"


async def test_what_is_not_there_cannot_be_tapped(
    browser: aiohttp.ClientSession, psid: str
) -> None:
    """An act that is not possible is refused with a reason."""
    async with browser.post(f"/sim/people/{psid}/tap", json={"choice": "NO"}) as answer:
        assert answer.status == 409
        assert "NO" in (await answer.json())["error"]


async def test_the_clock_is_moved(browser: aiohttp.ClientSession, simulator: Simulator) -> None:
    """The clock of the bot and the simulator is moved from the page."""
    before_ms = simulator.clock.now_ms()
    async with browser.post("/sim/clock", json={"seconds": 3600}) as answer:
        assert answer.status == 204
    assert simulator.clock.now_ms() >= before_ms + 3_600_000


async def test_live_updates(
    browser: aiohttp.ClientSession, simulator: Simulator, caller: Caller, psid: str
) -> None:
    """An open page gets the whole state, then each change."""
    async with browser.get("/sim/events") as stream:
        kind, state = await next_event(stream)
        assert (kind, state["people"][0]["psid"]) == ("state", psid)
        assert [message["text"] for message in state["threads"][psid]] == ["hi"]
        await caller.send(psid, {"text": "hello"})
        kind, change = await next_event(stream)
        assert (kind, change["psid"], change["message"]["text"]) == ("message", psid, "hello")
        await simulator.stop()
        assert await stream.content.read() == b""


async def test_a_file_is_only_downloaded(
    browser: aiohttp.ClientSession, caller: Caller, simulator: Simulator, psid: str
) -> None:
    """A file of the bot is handed out as a download, whatever its type."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("recipient", json.dumps({"id": psid}))
    form.add_field("messaging_type", "RESPONSE")
    form.add_field("message", json.dumps({"attachment": {"type": "file", "payload": {}}}))
    form.add_field("filedata", b"<b>", filename="a;b.html", content_type="text/html")
    await caller.call("POST", f"v26.0/{PAGE.id}/messages", data=form)
    mid = simulator.thread(psid)[-1].mid
    async with browser.get(f"/sim/files/{psid}/{mid}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="ab.html"'
