"""A Graph API that answers every call at once, and echoes every message to the webhook."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any, cast

from benchmarks.bodies import echoes
from benchmarks.http import Reader, answer
from benchmarks.posting import HOST, Poster

_OK = 200
_LOOK_S = 0.05
#: So long an echo waits for others, where several come in one request.
_GATHER_S = 0.05
#: As many connections may come at once: one that is turned away tries again after a second.
_BACKLOG = 1_024


class GraphStub:
    """Counts the messages that bots send; keeps nothing of them but whom they reached."""

    def __init__(self) -> None:
        #: Where echoes go; None while nobody wants them.
        self.echoes: Poster | None = None
        #: So many come in one request at most.
        self.echoes_at_once = 1
        self.echoes_refused = 0
        #: When the last echo was acknowledged.
        self.echoed_at_s = 0.0
        self._gathered: list[tuple[str, str, Mapping[str, Any]]] = []
        self.messages = 0
        #: Told whom each message reached, as it comes in.
        self.on_message: Callable[[str], object] | None = None
        self.last_at_s = 0.0
        self.port = 0
        self._open_echoes = 0
        self._expected: set[str] = set()
        self._all_answered: asyncio.Future[float] | None = None
        self._numbers = count(1)

    @property
    def url(self) -> str:
        """Return the address for `graph_url`."""
        return f"http://{HOST}:{self.port}"

    def expect(self, psids: Iterable[str]) -> asyncio.Future[float]:
        """Return the time at which all of these people have an answer, and its echo is taken."""
        self._expected = set(psids)
        self._all_answered = asyncio.get_running_loop().create_future()
        return self._all_answered

    async def quiet(self, seconds: float = 0.3) -> None:
        """Wait until no message has come for so long."""
        while self._is_busy(seconds):  # noqa: ASYNC110 - silence sets no event
            await asyncio.sleep(_LOOK_S)

    def call(self, body: bytes) -> bytes:
        """Answer one call."""
        if not body:
            return answer(b'{"data":[]}')
        sent = json.loads(body)
        psid, mid = sent["recipient"]["id"], f"m_out{next(self._numbers)}"
        self._note(psid)
        if self.echoes is not None:
            self._open_echoes += 1
            self._gather(self.echoes, psid, mid, sent["message"])
        return answer(json.dumps({"recipient_id": psid, "message_id": mid}).encode())

    def _is_busy(self, seconds: float) -> bool:
        return self._open_echoes > 0 or perf_counter() < self.last_at_s + seconds

    def _note(self, psid: str) -> None:
        self.messages += 1
        self.last_at_s = perf_counter()
        if self.on_message is not None:
            self.on_message(psid)
        self._expected.discard(psid)
        self._look()

    def _gather(self, to: Poster, psid: str, mid: str, message: Mapping[str, Any]) -> None:
        self._gathered.append((psid, mid, message))
        if len(self._gathered) >= self.echoes_at_once:
            self._post(to)
        elif len(self._gathered) == 1:
            asyncio.get_running_loop().call_later(_GATHER_S, self._post, to)

    def _post(self, to: Poster) -> None:
        if some := self._gathered:
            self._gathered = []
            to.post(echoes(some), partial(self._echoed, len(some)))

    def _echoed(self, count: int, status: int) -> None:
        self._open_echoes -= count
        self.echoes_refused += count * (status != _OK)
        self.echoed_at_s = perf_counter()
        self._look()

    def _look(self) -> None:
        told = self._all_answered
        is_over = not self._expected and not self._open_echoes
        if is_over and told is not None and not told.done():
            told.set_result(perf_counter())


class _Call(asyncio.Protocol):
    """One connection of a bot."""

    def __init__(self, stub: GraphStub) -> None:
        self._stub = stub
        self._reader = Reader()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        for frame in self._reader.feed(data):
            if self._transport is not None:
                self._transport.write(self._stub.call(frame.body))


@asynccontextmanager
async def graph_stub() -> AsyncIterator[GraphStub]:
    """Serve a stub until the end of the block."""
    stub = GraphStub()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Call(stub), HOST, 0, backlog=_BACKLOG)
    stub.port = server.sockets[0].getsockname()[1]
    try:
        yield stub
    finally:
        server.close()
