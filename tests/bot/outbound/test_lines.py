"""What a call to Messenger comes to when the line itself fails."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import aiohttp
import pytest

from bot.outbound.errors import InDoubt, NotConnected
from bot.outbound.graph import Graph, GraphAccess, open_session
from tests.kit.deployment import free_port


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
