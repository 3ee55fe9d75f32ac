"""Slow connections are cut off, and others do not notice them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.inbound.deadline import allow, listen, runner_of

from .certificate import Certificate

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
NORMAL = HEAD + b"Content-Length: 2\r\n\r\nhi"
SOON_S = 0.3
#: What a test waits for at the very most; reached only where something is wrong.
PATIENCE_S = 30.0


@dataclass
class House:
    """A server with deadlines, whose handler can be held up."""

    port: int = 0
    handled: list[bytes] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    #: The connections on which a large answer was asked for.
    asked_much: list[Any] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Read the body, wait until answers are allowed, answer."""
        try:
            body = await request.read()
        except ConnectionError:
            return web.Response(status=400)
        await self.may_answer.wait()
        self.handled.append(body)
        if body != b"BIG":
            return web.Response(text="done")
        self.asked_much.append(request.transport)
        return web.Response(text="x" * 1_000_000)

    async def handle_file(self, request: web.Request) -> web.Response:
        """Give this one longer, as the pages do that take a file in."""
        allow(request, PATIENCE_S)
        return await self.handle(request)

    async def answers(self, count: int = 1, **options: Any) -> list[bytes]:
        """Send normal requests on one connection and return their answers' first lines."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, **options)
        lines = []
        for _ in range(count):
            writer.write(NORMAL)
            lines.append(await reader.readline())
            await reader.readuntil(b"done")
        writer.close()
        await writer.wait_closed()
        return lines

    async def hold(self, sent: bytes, drip: bytes = b"") -> bytes:
        """Connect, send this and then perhaps drip on, and return what came before the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        reading = asyncio.ensure_future(reader.read())
        async with asyncio.timeout(PATIENCE_S):
            while not (await asyncio.wait({reading}, timeout=SOON_S / 20))[0]:
                writer.write(drip)
        writer.transport.abort()
        return b"" if isinstance(reading.exception(), ConnectionError) else reading.result()


@asynccontextmanager
async def _open(**options: Any) -> AsyncIterator[House]:
    house = House()
    house.may_answer.set()
    app = web.Application()
    app.router.add_post("/", house.handle)
    app.router.add_post("/file", house.handle_file)
    runner = runner_of(app)
    await runner.setup()
    server = await listen(runner, host="127.0.0.1", port=0, **options)
    house.port = server.sockets[0].getsockname()[1]
    try:
        yield house
    finally:
        server.close()
        await runner.cleanup()


SLOW = {
    "idle": (b"", b""),
    "half a line": (b"POST / HT", b""),
    "half a header": (HEAD + b"X-Long: ", b""),
    "half a body": (HEAD + b"Content-Length: 10\r\n\r\nabc", b""),
    "half a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", b""),
    "dripping header": (HEAD + b"X-Long: ", b"a"),
    "dripping body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"a"),
}


@pytest.mark.parametrize(("sent", "drip"), SLOW.values(), ids=SLOW)
async def test_slow_connection_is_cut_off(sent: bytes, drip: bytes) -> None:
    """Whoever does not hand in a whole request in time is cut off without an answer."""
    async with _open(deadline_s=SOON_S) as house:
        assert await house.hold(sent, drip) == b""
        assert house.handled == []


async def test_a_file_may_take_its_time() -> None:
    """A request that was allowed more is taken in slowly; the next one on its line is not."""
    async with _open(deadline_s=SOON_S) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        reading = asyncio.ensure_future(reader.readuntil(b"done"))
        for letter in (b"s", b"l", b"o", b"w"):
            await asyncio.wait({reading}, timeout=SOON_S / 2)  # longer than one deadline in all
            writer.write(letter)
        assert b"200 OK" in await asyncio.wait_for(reading, PATIENCE_S)
        assert house.handled == [b"slow"]
        writer.write(HEAD)
        assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        writer.transport.abort()


async def test_normal_request_is_answered_beside_slow_ones() -> None:
    """Slow connections of every sort take nothing from a normal request, and all end."""
    async with _open(deadline_s=SOON_S) as house:
        slow = [asyncio.ensure_future(house.hold(*way)) for way in list(SLOW.values()) * 6]
        assert await house.answers() == [b"HTTP/1.1 200 OK\r\n"]
        assert set(await asyncio.gather(*slow)) == {b""}


async def test_deadline_begins_anew_with_each_request() -> None:
    """A connection lives as long as each of its requests is quick."""
    async with _open(deadline_s=1.0) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        for _ in range(4):
            writer.write(NORMAL)
            await reader.readuntil(b"done")
            with pytest.raises(TimeoutError):  # nothing comes, not even the end
                async with asyncio.timeout(0.3):
                    await reader.read(1)
        writer.close()
        await writer.wait_closed()
        assert len(house.handled) == 4


async def test_answered_connection_that_goes_idle_is_cut_off() -> None:
    """After an answer the next request is waited for no longer than for the first."""
    async with _open(deadline_s=SOON_S) as house:
        assert (await house.hold(NORMAL)).endswith(b"done")


async def test_answer_that_takes_too_long_is_not_waited_for() -> None:
    """The deadline holds for the answer too; what was handed in is handled nonetheless."""
    async with _open(deadline_s=SOON_S) as house:
        house.may_answer.clear()
        assert await house.hold(NORMAL) == b""
        house.may_answer.set()
        assert await house.answers() == [b"HTTP/1.1 200 OK\r\n"]
        assert house.handled == [b"hi", b"hi"]


async def test_answer_that_is_not_read_is_given_up() -> None:
    """Whoever asks and does not read the answer is cut off too."""
    async with _open(deadline_s=SOON_S) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", house.port, limit=1)
        writer.write((HEAD + b"Content-Length: 3\r\n\r\nBIG") * 8)
        async with asyncio.timeout(PATIENCE_S):
            while not (house.asked_much and house.asked_much[0].is_closing()):
                await house.answers()  # others are served meanwhile
        writer.transport.abort()


async def test_connections_beyond_the_limit_are_cut_off_at_once() -> None:
    """There are only so many seats, and one that is left is free again."""
    async with _open(deadline_s=PATIENCE_S * 2, max_connections=2) as house:
        first = await asyncio.open_connection("127.0.0.1", house.port)
        second = await asyncio.open_connection("127.0.0.1", house.port)
        assert await house.hold(b"") == b""
        for _, writer in (first, second):
            writer.close()
            await writer.wait_closed()
        await _eventually_answers(house)


async def _eventually_answers(house: House) -> None:
    """Return once a seat is free, which the server learns of a moment after the client left."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await house.answers()
            except (ConnectionError, asyncio.IncompleteReadError):
                continue
            return


async def test_deadlines_hold_behind_tls(certificate: Certificate) -> None:
    """With TLS, requests are answered, and handshakes that never come are cut off."""
    async with _open(deadline_s=SOON_S, ssl=certificate.for_server()) as house:
        assert await house.answers(2, ssl=certificate.for_client()) == [b"HTTP/1.1 200 OK\r\n"] * 2
        assert await house.hold(b"") == b""
        assert await house.hold(b"\x16\x03\x01") == b""


async def test_many_requests_on_one_connection() -> None:
    """Requests that are sent before the last answer came are all answered."""
    async with _open(deadline_s=PATIENCE_S) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(NORMAL * 50)
        for _ in range(50):
            await reader.readuntil(b"done")
        writer.close()
        await writer.wait_closed()
        assert len(house.handled) == 50


async def test_runner_must_be_set_up() -> None:
    """Listening for a runner that is not ready is a mistake, told at once."""
    with pytest.raises(RuntimeError):
        await listen(runner_of(web.Application()), host="127.0.0.1", port=0)


@pytest.mark.soak
async def test_two_hundred_slow_sockets_end_in_time() -> None:
    """200 slow sockets are closed within 15 s, while a normal request is answered within 1 s."""
    async with _open() as house:
        async with asyncio.timeout(15):
            ways = list(SLOW.values())
            slow = [asyncio.ensure_future(house.hold(*ways[n % len(ways)])) for n in range(200)]
            async with asyncio.timeout(1):
                await house.answers()
            await asyncio.gather(*slow)
