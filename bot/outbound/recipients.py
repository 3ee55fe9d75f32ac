"""Calls to other recipients of data: a person was erased, so erase your copy too (Art. 19 GDPR).

They are sent what it takes to find the person, and when that was: what they were given later, by
somebody who came back, is no part of it.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from bot.errors import BotError
from bot.settings import Settings
from bot.settings.sections import Recipient
from storage.tellings import ClaimedTelling, Who

#: In all for one call; a recipient that needs longer may answer first and erase then.
_WITHIN_S: Final = 10.0
_OK: Final = range(200, 300)
#: Nobody, or nobody any more, is known there.
_HOLD_NOTHING: Final = frozenset((404, 410))


class NotConfirmed(BotError):
    """A recipient did not say that it took note of an erasure."""

    advice = "It is told again. If this goes on, look at its erasure_url and erasure_token."


class Way:
    """The way to one recipient."""

    def __init__(self, recipient: Recipient, session: aiohttp.ClientSession) -> None:
        self._url = recipient.erasure_url
        self._session = session
        token = recipient.erasure_token
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token.get_secret_value()}"

    async def tell(self, telling: ClaimedTelling, who: Who) -> None:
        """Tell of one erasure.

        Raises:
            NotConfirmed: It has to be told again.
        """
        try:
            async with self._session.post(
                self._url,
                data=json.dumps(_content(telling, who)).encode(),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=_WITHIN_S),
                allow_redirects=False,  # whoever else it leads to, nobody has named them
            ) as answer:
                if answer.status not in _OK and answer.status not in _HOLD_NOTHING:
                    raise NotConfirmed(status=answer.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as trouble:
            raise NotConfirmed(cause=type(trouble).__name__) from None


def ways_to(settings: Settings, session: aiohttp.ClientSession) -> dict[str, Way]:
    """Return the way to each recipient that has one, by its key."""
    return {one.key: Way(one, session) for one in settings.recipients if one.erasure_url}


def _content(telling: ClaimedTelling, who: Who) -> dict[str, Any]:
    erased_at = datetime.fromtimestamp(telling.erased_at_ms / 1000, UTC)
    return {
        "type": "person.erased",
        "page_id": who.page_id,
        "psid": who.psid,
        "telling_id": telling.telling_id.hex(),
        "erased_at": erased_at.isoformat(timespec="milliseconds"),
    }
