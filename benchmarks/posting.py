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
    """A bounded number of connections; what is posted leaves in order on the next free one.

    With everything posted at once this is a closed loop: as many requests under way as there are
    connections, each followed by the next as soon as it is answered. A connection is opened when
    there is something to post: an idle one would block a whole worker of sync gunicorn.
    """

    def __init__(self, port: int, connections: int) -> None:
        self._port = port
        self._unopened = connections
        self._waiting: deque[tuple[bytes, OnAnswer]] = deque()
        self._free: deque[_Line] = deque()
        self._lines: set[_Line] = set()
        self._opening: set[asyncio.Task[None]] = set()

    def post(self, request: bytes, on_answer: OnAnswer) -> None:
        """Post one request; `on_answer` is called with its status, or BROKEN."""
        if self._free:
            self._free.popleft().send(request, on_answer)
            return
        self._waiting.append((request, on_answer))
        self._open_one_more()

    async def close(self) -> None:
        """Close the connections; what still waits counts as broken."""
        self._unopened = 0
        self._break_waiting()
        for opening in self._opening:
            opening.cancel()
        for line in list(self._lines):
            line.close()
        await asyncio.sleep(0)

    def made(self, line: "_Line") -> None:
        """Count on a new connection."""
        self._lines.add(line)
        self.free(line)

    def free(self, line: "_Line") -> None:
        """Give a free connection its next request."""
        if self._waiting:
            line.send(*self._waiting.popleft())
        else:
            self._free.append(line)

    def lost(self, line: "_Line") -> None:
        """Count on a connection no more, and open another where requests wait."""
        self._lines.remove(line)
        if line in self._free:
            self._free.remove(line)
        self._unopened += 1
        self._open_one_more()

    def _open_one_more(self) -> None:
        if not self._unopened or len(self._opening) >= len(self._waiting):
            return
        self._unopened -= 1
        opening = asyncio.get_running_loop().create_task(self._open())
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: _Line(self), HOST, self._port)
        except OSError:  # the program is gone: tell it to whoever waits
            self._break_waiting()

    def _break_waiting(self) -> None:
        while self._waiting:
            self._waiting.popleft()[1](BROKEN)


@asynccontextmanager
async def poster(port: int, connections: int) -> AsyncIterator[Poster]:
    """Make a poster, and close it at the end."""
    posting = Poster(port, connections)
    try:
        yield posting
    finally:
        await posting.close()


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, owner: Poster) -> None:
        self._owner = owner
        self._reader = Reader()
        self._transport: asyncio.WriteTransport | None = None
        self._on_answer: OnAnswer | None = None

    def send(self, request: bytes, on_answer: OnAnswer) -> None:
        """Send one request; nothing else is under way on this line."""
        self._on_answer = on_answer
        if self._transport is not None:
            self._transport.write(request)

    def close(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are such in all but name.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._owner.made(self)

    def data_received(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            self._tell(frame.status)
            if frame.closes:
                self.close()
            else:
                self._owner.free(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._transport = None
        self._tell(BROKEN)
        self._owner.lost(self)

    def _tell(self, status: int) -> None:
        if self._on_answer is not None:
            told, self._on_answer = self._on_answer, None
            told(status)
