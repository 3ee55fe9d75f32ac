"""Whether this machine's clock is right, by the clock that Messenger answers with."""

from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from bot.clock import Clock
from bot.jobs.clock_check import MOST_MS
from bot.outbound.graph import open_session
from bot.settings import Fault, Settings

#: A `Date` header tells whole seconds.
_SECOND_MS: Final = 1000
_MEND: Final = (
    "Set this machine's clock: `timedatectl set-ntp true`, then wait until `timedatectl` says that "
    "it is synchronized. Where it is ahead, stop the bot first: it erases and closes by that clock."
)


async def clock_faults(settings: Settings, clock: Clock) -> list[Fault]:
    """Return by how much the clock is wrong, where that is more than a few seconds.

    However long the answer takes, a clock that is right is never blamed. Who gives none is named
    by the other checks.
    """
    url = f"{settings.messenger.graph_url}/{settings.messenger.graph_version}"
    before_ms = clock.now_ms()
    try:
        async with open_session() as session, session.get(url, allow_redirects=False) as answer:
            their_ms = _read_ms(answer.headers.get("Date", ""))
    except (aiohttp.ClientError, TimeoutError):
        return []
    if their_ms is None:
        return []
    ahead_ms, behind_ms = before_ms - (their_ms + _SECOND_MS), their_ms - clock.now_ms()
    if max(ahead_ms, behind_ms) <= MOST_MS:
        return []
    way, wrong_ms = ("ahead of", ahead_ms) if ahead_ms > behind_ms else ("behind", behind_ms)
    return [Fault("clock", f"{wrong_ms // 1000} s {way} Messenger's", _MEND)]


def _read_ms(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp() * 1000)
    except ValueError:
        return None
