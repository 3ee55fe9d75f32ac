"""A bound on the bytes of all request bodies that are held at one moment.

The first piece of each body is not counted here, and an ordinary webhook has no more than that. The
number of connections bounds those: so a small body never stands in line behind large ones.
"""

import asyncio
from collections import deque
from typing import Final

from bot.errors import BotError

DEFAULT_LIMIT_BYTES: Final = 48 * 1024 * 1024


class NoRoom(BotError):
    """Too many bytes of request bodies are held, and nothing was given back in time."""

    advice = "See why events are kept so slowly: the database, the disk, or too little machine."
    retries = True


class BytesInFlight:
    """Counts the bytes held, and lets requests wait in line where there is no room for more.

    Room is taken piece by piece, each just before it is read, and not as it is announced: whoever
    only announces a large body takes no room from others.
    """

    def __init__(self, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._free_bytes = limit_bytes
        self._line: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def free_bytes(self) -> int:
        """How many bytes may come at once."""
        return self._free_bytes

    def may_take(self, size_bytes: int) -> bool:
        """Take room if there is some and nobody waits for it; tell whether it was taken."""
        if self._line or size_bytes > self._free_bytes:
            return False
        self._free_bytes -= size_bytes
        return True

    async def take(self, size_bytes: int, *, patience_s: float) -> None:
        """Take room, waiting in line for it.

        Raises:
            NoRoom: There was none within `patience_s`.
        """
        if self.may_take(size_bytes):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = (size_bytes, turn)
        self._line.append(place)
        has_room = False
        try:
            async with asyncio.timeout(patience_s):
                await turn
            has_room = True
        except TimeoutError:
            raise NoRoom from None
        finally:
            if not has_room:
                self._leave(place)

    def give_back(self, size_bytes: int) -> None:
        """Return room that was taken, and let those in front of the line take it."""
        self._free_bytes += size_bytes
        self._serve_line()

    def _leave(self, place: tuple[int, asyncio.Future[None]]) -> None:
        """Step out of the line, and return the room where it came in the same moment."""
        if place in self._line:
            self._line.remove(place)
            self._serve_line()
        elif place[1].done() and not place[1].cancelled():
            self.give_back(place[0])

    def _serve_line(self) -> None:
        while self._line:
            size_bytes, turn = self._line[0]
            if not turn.done():
                if size_bytes > self._free_bytes:
                    return
                self._free_bytes -= size_bytes
                turn.set_result(None)
            self._line.popleft()
