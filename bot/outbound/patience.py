"""How long a part may still wait for the database once it was asked to end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: What can't be written within this time is left in doubt; the next start settles it.
GRACE_S = 5.0


class Patience:
    """No limit of time at first, and one from the moment on at which `ends` is called."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._grace_s = grace_s
        self._limit: asyncio.Timeout | None = None
        self._ends_at_s: float | None = None

    @asynccontextmanager
    async def lasts(self) -> AsyncIterator[None]:
        """Wait for what is inside.

        Raises:
            TimeoutError: It went on for too long after `ends`.
        """
        try:
            async with asyncio.timeout_at(self._ends_at_s) as self._limit:
                yield
        finally:
            self._limit = None

    def ends(self) -> None:
        """Let what is inside go on for the grace only."""
        self._ends_at_s = asyncio.get_running_loop().time() + self._grace_s
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(self._ends_at_s)
