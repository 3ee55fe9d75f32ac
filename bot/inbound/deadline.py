"""Ends slow connections, and bounds their number and buffers; aiohttp does not by itself.

A connection has `deadline_s` from its start to its first byte, from the first byte of each request
to the end of its answer, and from there to the next request. Whoever is slower is cut off, whether
idle, in the middle of a header, of a body, or of reading the answer. What was handed in completely
goes on being kept: only the connection ends.
"""

import asyncio
from collections.abc import Awaitable, Callable
from ssl import SSLContext
from typing import Any, Final, cast

from aiohttp import web

from bot.inbound.discretion import DiscreetHandler, discreet

DEADLINE_S: Final = 10.0
MAX_CONNECTIONS: Final = 1000
#: aiohttp stops reading a connection that holds twice as much, so this counts a thousandfold.
BUFFER_BYTES: Final = 2**14
#: How long the rest of a refused body is thrown away, so that its sender gets to read the answer.
_LINGER_S: Final = 1.0

#: No access log; no body is unpacked, because signed is the packed one.
_OPTIONS: Final[dict[str, Any]] = {
    "access_log": None,
    "auto_decompress": False,
    "read_bufsize": BUFFER_BYTES,
    "lingering_time": _LINGER_S,
}

_Factory = Callable[[], asyncio.BaseProtocol]


def runner_of(app: web.Application, *, drain_s: float = DEADLINE_S) -> web.AppRunner:
    """Return a runner for `listen`.

    Args:
        app: What is served.
        drain_s: How long open requests may take to end when the runner is cleaned up.
    """
    return web.AppRunner(app, shutdown_timeout=drain_s, **_OPTIONS)


async def listen(
    runner: web.BaseRunner,
    *,
    host: str,
    port: int,
    deadline_s: float = DEADLINE_S,
    ssl: SSLContext | None = None,
    max_connections: int = MAX_CONNECTIONS,
) -> asyncio.Server:
    """Listen for a runner that is set up, in place of aiohttp's own site.

    Args:
        runner: Its `cleanup` ends the open connections, not this server: close that first.
        host: Address to bind to.
        port: 0 takes a free one.
        deadline_s: Seconds for each step of a connection, for the TLS handshake too.
        ssl: Where TLS ends in this process.
        max_connections: Further ones are cut off at once.
    """
    if runner.server is None:
        raise RuntimeError("set the runner up before listening")
    factory = deadlined(runner.server, deadline_s=deadline_s, max_connections=max_connections)
    handshake_s = deadline_s if ssl else None
    return await asyncio.get_running_loop().create_server(
        factory, host, port, ssl=ssl, ssl_handshake_timeout=handshake_s
    )


def allow(request: web.BaseRequest, seconds: float) -> None:
    """Give one request longer, to come in and to be answered: a file takes its time on a phone.

    Only for whoever has shown a good link: anybody else could hold a connection with it.
    """
    connection = request.transport.get_protocol() if request.transport else None
    if isinstance(connection, _Deadlined):
        connection.allow(seconds)


def deadlined(
    server: web.Server, *, deadline_s: float = DEADLINE_S, max_connections: int = MAX_CONNECTIONS
) -> _Factory:
    """Return the protocol factory of this server with deadlines around each connection."""
    server.request_handler = _telling_when_answered(discreet(server.request_handler))
    loop = asyncio.get_running_loop()
    seats, buffer = _Seats(max_connections), memoryview(bytearray(BUFFER_BYTES))
    return lambda: _Deadlined(
        DiscreetHandler(server, loop=loop, **_OPTIONS),
        deadline_s=deadline_s,
        seats=seats,
        buffer=buffer,
    )


def _telling_when_answered(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """Return the handler, which tells its connection when only the answer is left to be written."""

    async def handle_and_tell(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await handle(request)
        finally:
            connection = request.transport.get_protocol() if request.transport else None
            if isinstance(connection, _Deadlined):
                connection.answered()

    return handle_and_tell


class _Seats:
    """How many more connections there may be."""

    def __init__(self, free: int) -> None:
        self._free = free

    def may_take(self) -> bool:
        """Take a seat if there is one, and tell whether it was taken."""
        if not self._free:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Leave a seat to the next."""
        self._free += 1


class _Deadlined(asyncio.BufferedProtocol):
    """Passes everything on to aiohttp's protocol, and watches the time.

    One timer per connection: a new deadline is only noted, and when the timer fires too early it is
    set again. So a request costs no timer of its own.

    It is read through a buffer of its own size, because an event loop hands over up to 256 KiB at
    once, which aiohttp has to hold whatever its limit. All connections share that one buffer: it is
    emptied in the same step in which it was filled.
    """

    def __init__(
        self, inner: asyncio.Protocol, *, deadline_s: float, seats: _Seats, buffer: memoryview
    ) -> None:
        self._inner = inner
        self._buffer = buffer
        self._deadline_s = deadline_s
        #: The same for the request that is under way.
        self._step_s = deadline_s
        self._seats = seats
        self._loop = asyncio.get_running_loop()
        self._ends_at_s = 0.0  # by the loop's clock
        self._is_between_requests = True
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.BaseTransport | None = None

    def allow(self, seconds: float) -> None:
        """Give the request that is under way, and its answer, so long each."""
        self._step_s = seconds
        self._restart()

    def answered(self) -> None:
        """Give the answer its time to be written; the next byte begins another request."""
        self._is_between_requests = True
        self._restart()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._seats.may_take():
            _abort(transport)
            return
        self._transport = transport
        self._restart()
        self._watch()
        self._inner.connection_made(transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._is_between_requests:
            self._is_between_requests = False
            self._step_s = self._deadline_s
            self._restart()
        self._inner.data_received(bytes(self._buffer[:nbytes]))

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is None:  # there was no seat: aiohttp never heard of this connection
            return
        self._timer.cancel()
        self._timer = self._transport = None
        self._seats.give_back()
        self._inner.connection_lost(exc)

    def _restart(self) -> None:
        self._ends_at_s = self._loop.time() + self._step_s
        # Only after a request that was allowed more: otherwise deadlines only move on.
        if self._timer is not None and self._ends_at_s < self._timer.when():
            self._timer.cancel()
            self._watch()

    def _watch(self) -> None:
        self._timer = self._loop.call_at(self._ends_at_s, self._look)

    def _look(self) -> None:
        if self._loop.time() < self._ends_at_s:
            self._watch()
        elif self._transport is not None:
            _abort(self._transport)


def _abort(transport: asyncio.BaseTransport) -> None:
    """Cut off at once; to close in good manners is to wait for a peer that reads slowly."""
    cast("asyncio.WriteTransport", transport).abort()  # uvloop's are so in all but name
