"""The page on which an admin sets up an authenticator app; what it shows, it shows once.

A preview or a second look costs nothing and shows nothing: only the form's POST does.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from aiohttp import web
from markupsafe import Markup

from bot.pages.bodies import read_body
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from storage import StorageError

#: For admins, so in English only.
_READY: Final = "Set up your authenticator app"
_OVER: Final = _("This page does not work any more")
_LATER: Final = _("We cannot look that up now")
_MAX_BODY_BYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """What an app needs."""

    #: The admin's number.
    name: str
    seed: str = field(repr=False)
    #: The same as a picture, in SVG.
    qr: str = field(repr=False)


class Enrolling(Protocol):
    """Knows links, and makes the seed behind one.

    Raises:
        StorageError: That is impossible now; the link stays good.
    """

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still gives out a seed; looking spends nothing."""

    async def enroll(self, token: str) -> Shown | None:
        """Spend a link and return a new seed; None where the link is no good any more."""


def enroll_routes(press: Press, enrolling: Enrolling) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/enroll/{token}", partial(_look, press, enrolling)),
        web.post("/enroll/{token}", partial(_show, press, enrolling)),
    ]


async def _look(press: Press, enrolling: Enrolling, request: web.Request) -> web.Response:
    try:
        is_open = await enrolling.is_open(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if not is_open:
        return await _over(press, request)
    return await show(press, request, "enroll/ready", title=_READY, language="en")


async def _show(press: Press, enrolling: Enrolling, request: web.Request) -> web.Response:
    if isinstance(await read_body(request, max_bytes=_MAX_BODY_BYTES), int):
        return await _over(press, request)
    try:
        shown = await enrolling.enroll(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if shown is None:
        return await _over(press, request)
    picture = Markup(shown.qr)  # noqa: S704 - our own, made of an address without markup
    return await show(
        press,
        request,
        "enroll/shown",
        title=_READY,
        language="en",
        number=shown.name,
        seed=" ".join(shown.seed[at : at + 4] for at in range(0, len(shown.seed), 4)),
        qr=picture,
    )


async def _over(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "enroll/over", title=_OVER, status=410, language="en")


async def _later(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "later", title=_LATER, status=503)
