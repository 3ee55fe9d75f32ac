"""Whoever sends much and ends nothing takes neither the room nor the memory of others."""

import asyncio
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.inbound.deadline import BUFFER_BYTES, listen, runner_of
from bot.inbound.in_flight import BytesInFlight
from bot.inbound.webhook import MAX_BODY_BYTES, PIECE_BYTES, Door, routes

from .conftest import PAYLOADS, SECRET, Counted, NotKept, Shelf, signed

BODY = (PAYLOADS / "message_text.json").read_bytes()
FORGED = {"X-Hub-Signature-256": "sha256=" + "a" * 64}
LIMIT_BYTES = 1024 * 1024
COUNT = 40
PATIENCE_S = 60.0
PROMISED = b" " * (MAX_BODY_BYTES - 1)


def _head(headers: dict[str, str], size_bytes: int) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST /webhook HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {size_bytes}\r\n\r\n".encode()
    )


@asynccontextmanager
async def _open(door: Door) -> AsyncIterator[int]:
    """Open the door as it is opened in earnest; give its port."""
    app = web.Application()
    app.add_routes(routes(door))
    runner = runner_of(app)
    await runner.setup()
    server = await listen(runner, host="127.0.0.1", port=0, deadline_s=PATIENCE_S)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await runner.cleanup()


async def _hog(port: int, headers: dict[str, str]) -> None:
    """Promise 4 MiB, send all but the last byte of it if it is taken, and wait."""
    loop = asyncio.get_running_loop()
    with socket.socket() as peer:
        peer.settimeout(0)
        await loop.sock_connect(peer, ("127.0.0.1", port))
        await loop.sock_sendall(peer, _head(headers, MAX_BODY_BYTES))
        await loop.sock_sendall(peer, PROMISED)
        await loop.create_future()


async def _status(port: int) -> bytes:
    """Post an ordinary signed webhook, and return the status that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_head(signed(BODY), len(BODY)) + BODY)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line.split()[1]


def _door(room: BytesInFlight) -> Door:
    return Door(
        app_secrets=lambda: (SECRET,),
        verify_tokens=lambda: [""],
        keep=Shelf().keep,
        not_kept=NotKept,
        metrics=Counted(),
        in_flight=room,
        patience_s=0.2,
    )


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)


async def test_small_request_is_answered_while_large_ones_hold_all_room() -> None:
    """Forty forged bodies that never end hold what the limit allows, and nobody waits for them."""
    room = BytesInFlight(LIMIT_BYTES)
    async with _open(_door(room)) as port:
        tracemalloc.start()
        hogs = [asyncio.ensure_future(_hog(port, FORGED)) for _ in range(COUNT)]
        await _until(lambda: room.free_bytes < PIECE_BYTES)
        assert [await _status(port) for _ in range(10)] == [b"200"] * 10
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        for hog in hogs:
            hog.cancel()
        await asyncio.wait(hogs)
        await _until(lambda: room.free_bytes == LIMIT_BYTES)
    per_hog_bytes = PIECE_BYTES + 3 * BUFFER_BYTES  # with what aiohttp and the loop may hold
    assert peak_bytes < 2 * (LIMIT_BYTES + COUNT * per_hog_bytes)


async def test_unsigned_bodies_take_no_room() -> None:
    """Who brings no signature holds nothing, however much is sent."""
    room = BytesInFlight(LIMIT_BYTES)
    async with _open(_door(room)) as port:
        hogs = [asyncio.ensure_future(_hog(port, {})) for _ in range(COUNT)]
        assert [await _status(port) for _ in range(10)] == [b"200"] * 10
        assert room.free_bytes == LIMIT_BYTES
        for hog in hogs:
            hog.cancel()
        await asyncio.wait(hogs)
