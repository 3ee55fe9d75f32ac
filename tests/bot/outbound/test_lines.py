"""What a call to Messenger comes to when the line itself fails."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from pytest_aiohttp import AiohttpServer

from bot.outbound.errors import InDoubt, MessageRefused, NotConnected
from bot.outbound.graph import Graph, GraphAccess, open_session
from tests.kit.ports import free_port


def _graph(port: int, session: aiohttp.ClientSession) -> Graph:
    return Graph(GraphAccess("1", f"http://127.0.0.1:{port}", "token", "secret"), session)


@pytest.fixture
def black_hole() -> Iterator[int]:
    """Give a port whose machine drops every attempt to connect."""
    with ExitStack() as open_sockets:
        server = open_sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)  # noqa: FBT003 - its only argument
            with suppress(BlockingIOError):
                filler.connect(server.getsockname())
        yield server.getsockname()[1]


@pytest.mark.parametrize("limit", ["connect", "sock_connect"])
async def test_without_a_connection_nothing_is_in_doubt(black_hole: int, limit: str) -> None:
    """A firewall that swallows connections is an outage, not a doubt."""
    timeout = aiohttp.ClientTimeout(total=20, **{limit: 0.05})
    async with aiohttp.ClientSession(timeout=timeout) as session:
        with pytest.raises(NotConnected):
            await _graph(black_hole, session).post("1/messages", {})


async def test_nobody_listening_is_no_doubt_either() -> None:
    """A refused connection has sent nothing."""
    async with open_session() as session:
        with pytest.raises(NotConnected):
            await _graph(free_port(), session).post("1/messages", {})


async def test_silence_after_connecting_is_a_doubt() -> None:
    """Once the request may have left, nobody knows."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
            with pytest.raises(InDoubt):
                await _graph(mute.getsockname()[1], session).post("1/messages", {})


async def test_connecting_takes_less_time_than_a_call() -> None:
    """The limits that tell an outage from a doubt come before the one that can't."""
    async with open_session() as session:
        limits = session.timeout
        assert limits.sock_connect is not None
        assert limits.connect is not None
        assert limits.total is not None
        assert limits.sock_connect < limits.connect < limits.total


async def test_a_redirect_is_not_followed(aiohttp_server: AiohttpServer) -> None:
    """Whatever answers with a redirect, nobody but the Graph API hears what is said to whom."""
    heard: list[bytes] = []

    async def listen_in(request: web.Request) -> web.Response:
        heard.append(await request.read())
        return web.json_response({"message_id": "m_1"})

    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(str(elsewhere.make_url("/")))

    elsewhere = await aiohttp_server(_app(listen_in))
    graph_api = await aiohttp_server(_app(redirect))
    async with open_session() as session:
        with pytest.raises((InDoubt, MessageRefused)):
            await _graph(graph_api.port or 0, session).post("1/messages", {"text": "private"})
    assert heard == []


async def test_an_endless_answer_is_not_read_to_its_end(aiohttp_server: AiohttpServer) -> None:
    """What claims to be an answer and is larger than any is given up on."""

    async def pour(_request: web.Request) -> web.Response:
        return web.Response(body=b" " * (3 * 1024 * 1024))

    server = await aiohttp_server(_app(pour))
    async with open_session() as session:
        with pytest.raises(InDoubt, match="too long"):
            await _graph(server.port or 0, session).post("1/messages", {})


def _app(handler: Handler) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    return app
