"""As much of HTTP/1.1 as two ends on one machine need, without the cost of a library."""

import re
from dataclasses import dataclass
from typing import Final

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole request or answer."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """Return the status of an answer, such as 200."""
        return int(self.head[9:12])

    @property
    def path(self) -> str:
        """Return the path of a request."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def closes(self) -> bool:
        """Tell whether the other end closes the connection after this."""
        return _CLOSE.search(self.head) is not None


class Reader:
    """Cuts what comes in into frames; bodies must announce their length, as both sides do here."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes."""
        self._kept += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        end = self._kept.find(_HEAD_END)
        if end < 0:
            return None
        head, body_at = self._kept[:end], end + len(_HEAD_END)
        length = _LENGTH.search(head)
        ends_at = body_at + (int(length[1]) if length else 0)
        if len(self._kept) < ends_at:
            return None
        body, self._kept = self._kept[body_at:ends_at], self._kept[ends_at:]
        return Frame(head, body)


def answer(body: bytes) -> bytes:
    """Return a good answer with a JSON body."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )
