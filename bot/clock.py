"""The time, handed to everything that needs it by `app.py`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; the only source of it in the whole product."""

    def now(self) -> datetime:
        """Return the present time, aware and in UTC."""
        ...

    def now_ms(self) -> int:
        """Return the present time in milliseconds since the epoch."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present time, aware and in UTC."""
        return datetime.now(UTC)

    def now_ms(self) -> int:
        """Return the present time in milliseconds since the epoch."""
        return int(self.now().timestamp() * 1000)


class MovableClock(SystemClock):
    """A clock for the simulator and the tests: it runs, and can be moved forward."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the machine's time plus all moves."""
        return super().now() + self._offset

    def move(self, seconds: float) -> None:
        """Move forward, and wake everything that waits for a time to come."""
        self._offset += timedelta(seconds=seconds)
        for listener in self._listeners:
            listener()

    def on_move(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every move."""
        self._listeners.append(listener)


def clock_time(at_ms: int) -> str:
    """Write a moment for people to read, in UTC."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
