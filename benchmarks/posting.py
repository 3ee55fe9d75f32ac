"""Posts ready-made requests over connections that stay open, as lean as Python allows."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, cast

from benchmarks.http import Reader

#: What `on_answer` is told where the connection broke before the answer came.
BROKEN: Final = 0
HOST: Final = "127.0.0.1"
OnAnswer = Callable[[int], None]


class Poster:
    """A fixed number of connections; what is posted leaves in order on the next free one.

    With everything posted at once this is a closed loop: as many requests under way as there are
    connections, each followed by the next as soon as it is answered.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._waiting: deque[tuple[bytes, OnAnswer]] = deque()
        self._free: deque[_Line] = deque()
        self._lines: list[_Line] = []

    def post(self, request: bytes, on_answer: OnAnswer) -> None:
        """Post one request; `on_answer` is called with its status, or BROKEN."""
        if self._free:
            self._free.popleft().send(request, on_answer)
        else:
            self._waiting.append((request, on_answer))

    async def open(self, connections: int) -> None:
        """Open the connections."""
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, line = await loop.create_connection(lambda: _Line(self), HOST, self.port)
            self._lines.append(line)

    async def close(self) -> None:
        """Close the connections; nothing waits any more."""
        self._waiting.clear()
        for line in self._lines:
            await line.close()

    def free(self, line: "_Line") -> None:
        """Give a free connection its next request."""
        if self._waiting:
            line.send(*self._waiting.popleft())
        else:
            self._free.append(line)

    def lost(self, line: "_Line") -> None:
        """No longer count on a connection that was closed."""
        if line in self._free:
            self._free.remove(line)


@asynccontextmanager
async def poster(port: int, connections: int) -> AsyncIterator[Poster]:
    """Open a poster, and close it at the end."""
    posting = Poster(port)
    await posting.open(connections)
    try:
        yield posting
    finally:
        await posting.close()


class _Line(asyncio.Protocol):
    """One connection, opened anew where the other end closes it, as sync gunicorn always does."""

    def __init__(self, owner: Poster) -> None:
        self._owner = owner
        self._reader = Reader()
        self._transport: asyncio.WriteTransport | None = None
        self._on_answer: OnAnswer | None = None
        self._is_closing = False
        self._reopening: asyncio.Task[None] | None = None

    def send(self, request: bytes, on_answer: OnAnswer) -> None:
        """Send one request; nothing else is under way on this line."""
        self._on_answer = on_answer
        if self._transport is not None:
            self._transport.write(request)

    async def close(self) -> None:
        """Close for good."""
        self._is_closing = True
        if self._reopening is not None:
            self._reopening.cancel()
            await asyncio.wait([self._reopening])
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._reader = Reader()
        self._owner.free(self)

    def data_received(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            self._tell(frame.status)
            if not frame.closes:
                self._owner.free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._owner.lost(self)
        self._tell(BROKEN)
        if not self._is_closing:
            self._reopening = asyncio.get_running_loop().create_task(self._reopen())

    def _tell(self, status: int) -> None:
        if self._on_answer is not None:
            told, self._on_answer = self._on_answer, None
            told(status)

    async def _reopen(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self, HOST, self._owner.port)
        except OSError:
            self._is_closing = True  # the server is gone: so is this line
