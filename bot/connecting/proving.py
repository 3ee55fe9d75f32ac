"""Proves that a message reaches the bot, and its answer and echo Messenger and back.

The running bot counts both by Page; its counters are read where this machine may read them.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp

from bot.connecting.errors import AnswerMissing, EchoMissing, NothingArrived, NotServing

_SERIES: Final = re.compile(r"^(chatmagico_[a-z_]+(?:\{[^}]*\})?) ([0-9.e+]+)$", re.MULTILINE)
_LOOK_EVERY_S: Final = 0.5
#: Messenger echoes within a second or two.
_MOST_ECHO_S: Final = 30.0
_ACCEPTED: Final = 'chatmagico_sends_total{outcome="accepted"}'
_STARTED: Final = "chatmagico_start_time_seconds"

Counts = Mapping[str, float]


class Proving:
    """Watches a running bot from outside.

    Args:
        session: The way to it.
        url: Where it serves /metrics.
        wait_s: How long to wait for somebody to act.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, *, wait_s: float) -> None:
        self._session = session
        self._url = url
        self._wait_s = wait_s

    async def is_served(self, *, since_s: float) -> bool:
        """Tell whether a bot runs that was started after a time, in seconds since the epoch."""
        return (await self._counts()).get(_STARTED, 0) >= since_s

    async def require_served(self, *, since_s: float) -> None:
        """Wait for a bot that was started after a time.

        Raises:
            NotServing: None came.
        """

        async def is_it() -> bool:
            return await self.is_served(since_s=since_s)

        if not await _until(is_it, self._wait_s):
            raise NotServing

    async def require_echo(self, page_id: str, *, tell: Callable[[str], None]) -> None:
        """Wait until somebody writes to a Page, is answered, and the answer's echo comes.

        Raises:
            ConnectError: One of the three did not happen.
        """
        came = f'chatmagico_page_events_in_total{{page="{page_id}"}}'
        echoed = f'chatmagico_page_echoes_total{{page="{page_id}"}}'
        before = await self._counts()
        tell("Now write any message to the Page in Messenger, from your own account. I wait …")
        if not await self._rises(came, before, self._wait_s):
            raise NothingArrived(page=page_id)
        tell("It arrived. Now its answer has to come back as an echo …")
        if await self._rises(echoed, before, min(self._wait_s, _MOST_ECHO_S)):
            return
        is_sent = (await self._counts()).get(_ACCEPTED, 0) > before.get(_ACCEPTED, 0)
        raise (EchoMissing if is_sent else AnswerMissing)(page=page_id)

    async def _rises(self, series: str, before: Counts, wait_s: float) -> bool:
        async def is_more() -> bool:
            return (await self._counts()).get(series, 0) > before.get(series, 0)

        return await _until(is_more, wait_s)

    async def _counts(self) -> Counts:
        try:
            async with self._session.get(self._url) as answer:
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return {}
        return {name: float(value) for name, value in _SERIES.findall(text)}


async def _until(condition: Callable[[], Awaitable[bool]], wait_s: float) -> bool:
    try:
        async with asyncio.timeout(wait_s):
            while not await condition():  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError:
        return False
    return True
