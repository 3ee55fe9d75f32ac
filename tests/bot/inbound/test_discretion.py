"""No answer of a server names what made it, or repeats what was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.inbound.deadline import listen, runner_of

CANARY = b"canary"
HOST = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

Ask = Callable[[bytes], Awaitable[tuple[bytes, bytes]]]


async def _fine(_request: web.Request) -> web.Response:
    return web.Response(text="our own words")


async def _broken(_request: web.Request) -> web.Response:
    raise ValueError(CANARY.decode())


@asynccontextmanager
async def _open() -> AsyncIterator[Ask]:
    app = web.Application()
    app.add_routes([web.get("/fine", _fine), web.get("/broken", _broken)])
    runner = runner_of(app)
    await runner.setup()
    server = await listen(runner, host="127.0.0.1", port=0)
    port = server.sockets[0].getsockname()[1]

    async def ask(sent: bytes) -> tuple[bytes, bytes]:
        """Send these bytes; return head and body of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        return head, body

    try:
        yield ask
    finally:
        server.close()
        await runner.cleanup()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /nowhere/canary" + HOST + b"\r\n", b"404"),
        (b"PUT /fine" + HOST + b"\r\n", b"405"),
        (b"GET /fine" + HOST + b"Expect: canary\r\n\r\n", b"417"),
        (b"GET /broken" + HOST + b"\r\n", b"500"),
        (b"GET /broken" + HOST + b"Accept: text/html\r\n\r\n", b"500"),
        (b"GET /fine HTTP/1.1\r\nHost: x\r\nBad<canary>\x00: canary\r\n\r\n", b"400"),
        (b"CANARY<canary> / HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /fine HTTP/1.1\r\nX: " + CANARY * 5000 + b"\r\n\r\n", b"400"),
    ],
    ids=range(8),
)
async def test_answers_that_nobody_wrote_are_empty(sent: bytes, status: bytes) -> None:
    """Where aiohttp has words of its own, only the status is left."""
    async with _open() as ask:
        head, body = await ask(sent)
    assert head.split()[1] == status
    assert body == b""
    assert b"\r\nServer: chatmagico" in head
    assert b"aiohttp" not in head.lower()
    assert CANARY not in head.lower()


async def test_what_we_wrote_stays() -> None:
    """Our own words are sent as they are, under our own name."""
    async with _open() as ask:
        head, body = await ask(b"GET /fine" + HOST + b"\r\n")
    assert (head.split()[1], body) == (b"200", b"our own words")
    assert b"\r\nServer: chatmagico" in head


async def test_refused_method_still_names_the_others() -> None:
    """A 405 has the header that it must have."""
    async with _open() as ask:
        head, _ = await ask(b"PUT /fine" + HOST + b"\r\n")
    assert b"\r\nAllow: GET,HEAD" in head
