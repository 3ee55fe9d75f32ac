"""The page that ends news: opening it shows what somebody gets, its one button ends it.

GET   what they get, and the button; link previews may look as often as they like
POST  ends it at once, whatever stands in the body: a mail program sends its own (RFC 8058)
404   the link leads to nobody, or nobody any more: then nothing is sent either
413   a body larger than any form of ours
503   it could not be looked up, or not be ended, now
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, Protocol

from aiohttp import web

from bot.pages.bodies import MAX_FORM_BYTES, read_body
from bot.pages.headers import refused
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from storage import StorageError

_TITLE: Final = _("Your news")
_ENDED: Final = _("Your news has ended")


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody gets, as their page tells it."""

    language: str
    page_name: str
    #: The purpose that the link is about; empty for all of them.
    about: str
    #: The ids of the purposes they said yes to.
    granted: tuple[str, ...]
    #: What has just ended.
    ended: tuple[str, ...] = ()
    #: When they are due to be erased, where they get nothing any more.
    erased_on: date | None = None

    @property
    def on_offer(self) -> tuple[str, ...]:
        """Return what the button would end."""
        if not self.about:
            return self.granted
        return tuple(purpose for purpose in self.granted if purpose == self.about)


class Subscriptions(Protocol):
    """Knows links; a link stays good, however often it was used."""

    async def look(self, token: str) -> Subscription | None:
        """Return what a link is about; None where it leads to nobody.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def end(self, token: str) -> Subscription | None:
        """Withdraw what a link is about; None where it leads to nobody.

        Raises:
            StorageError: Nothing was withdrawn.
        """


def unsubscribe_routes(press: Press, subscriptions: Subscriptions) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/unsubscribe/{token}", partial(_look, press, subscriptions)),
        web.post("/unsubscribe/{token}", partial(_end, press, subscriptions)),
    ]


async def _look(press: Press, subscriptions: Subscriptions, request: web.Request) -> web.Response:
    return await _answer(press, request, subscriptions.look)


async def _end(press: Press, subscriptions: Subscriptions, request: web.Request) -> web.Response:
    body = await read_body(request, max_bytes=MAX_FORM_BYTES)
    if isinstance(body, int):
        return refused(request, body)
    return await _answer(press, request, subscriptions.end)


async def _answer(
    press: Press,
    request: web.Request,
    act: Callable[[str], Awaitable[Subscription | None]],
) -> web.Response:
    try:
        found = await act(request.match_info["token"])
    except StorageError:
        return await show(press, request, "unsubscribe/later", title=_TITLE, status=503)
    if found is None:
        return await show(press, request, "unsubscribe/nobody", title=_TITLE, status=404)
    has_ended = request.method == "POST" and not found.on_offer
    return await show(
        press,
        request,
        "unsubscribe/ended" if has_ended else "unsubscribe/ask",
        title=_ENDED if has_ended else _TITLE,
        language=found.language,
        found=found,
    )
