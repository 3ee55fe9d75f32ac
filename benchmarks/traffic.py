"""Who writes what: four people in five are known, the others have never been heard before."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

from benchmarks.bodies import message
from benchmarks.graph_stub import GraphStub
from benchmarks.posting import Poster

#: Every fifth message comes from somebody new.
_NEW_EVERY = 5
_FIRST_PSID = 7_000_000_000_000_000
#: Known people ask for the menu; newcomers say hello, and are told what there is to tell.
_KNOWN_SAY, _NEW_SAY = "menu", "hello"
OK = 200
CONNECTIONS = 64
ECHO_CONNECTIONS = 32


@dataclass(slots=True)
class Crowd:
    """People in the order in which they write."""

    known: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(_FIRST_PSID))
    _turn: int = 0

    def newcomers(self, size: int) -> list[str]:
        """Return people who have never written."""
        return [str(next(self._numbers)) for _ in range(size)]

    def writers(self, size: int) -> list[tuple[str, str]]:
        """Return who writes next and what, one message each, as long as there are enough known."""
        return [self._writer(place) for place in range(size)]

    def _writer(self, place: int) -> tuple[str, str]:
        if place % _NEW_EVERY == 0:
            return str(next(self._numbers)), _NEW_SAY
        self._turn += 1
        return self.known[self._turn % len(self.known)], _KNOWN_SAY


@dataclass(slots=True)
class Burst:
    """What became of requests that were posted all at once."""

    started_at_s: float
    ended_at_s: float
    statuses: Counter[int]


async def burst(poster: Poster, requests: Sequence[bytes]) -> Burst:
    """Post everything, as fast as the connections allow, and wait for the last answer."""
    statuses: Counter[int] = Counter()
    done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def on_answer(status: int) -> None:
        statuses[status] += 1
        if statuses.total() == len(requests):
            done.set_result(perf_counter())

    started_at_s = perf_counter()
    for request in requests:
        poster.post(request, on_answer)
    return Burst(started_at_s, await asyncio.wait_for(done, 120), statuses)


async def introduce(poster: Poster, stub: GraphStub, crowd: Crowd, size: int) -> None:
    """Let new people say hello, and wait until each has an answer: from now on they are known."""
    new = crowd.newcomers(size)
    answered = stub.expect(new)
    await burst(poster, [message(psid, _NEW_SAY) for psid in new])
    await asyncio.wait_for(answered, 60)
    await stub.quiet()
    crowd.known += new
