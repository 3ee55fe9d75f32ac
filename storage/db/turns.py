"""Whose turn it is to write: first come first served, but for those whom somebody waits for.

A webhook is acknowledged once it is written, so it goes before a portion of a broadcast; never so
often in a row that the others stand still.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

#: So often in a row others are passed.
MOST_PASSED: Final = 4
_Queue = deque[asyncio.Future[None]]


class Turns:
    """One at a time; whoever leaves hands over to the next."""

    def __init__(self) -> None:
        self._is_taken = False
        self._first: _Queue = deque()
        self._others: _Queue = deque()
        self._passed = 0

    @asynccontextmanager
    async def take(self, *, goes_first: bool = False) -> AsyncIterator[None]:
        """Have the turn for a block, before all that wait where it goes first."""
        await self._wait(self._first if goes_first else self._others)
        try:
            yield
        finally:
            self._hand_over()

    async def _wait(self, queue: _Queue) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it has come, and nobody is there to take it
                self._hand_over()
            raise

    def _hand_over(self) -> None:
        while (queue := self._next()) is not None:
            turn = queue.popleft()
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._is_taken = False

    def _next(self) -> _Queue | None:
        if self._others and (not self._first or self._passed >= MOST_PASSED):
            self._passed = 0
            return self._others
        if self._first:
            self._passed += bool(self._others)
            return self._first
        return None
