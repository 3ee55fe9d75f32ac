"""The page that gives out a person's data as a file, once.

A preview or a second look costs nothing: only the form's POST spends the link, and only when the
file is there.
"""

from functools import partial
from typing import Final, Protocol

from aiohttp import hdrs, web

from bot.inbound.deadline import allow
from bot.pages.bodies import read_body
from bot.pages.headers import guarded
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from storage import StorageError

_READY: Final = _("Your data as a file")
_OVER: Final = _("This link is used up")
_LATER: Final = _("We cannot look that up now")
_MAX_BODY_BYTES: Final = 1024
FILE_NAME: Final = "my-data.html"
#: How long a file may take on its way, in seconds.
FILE_S: Final = 300.0


class Exports(Protocol):
    """Knows links, and makes the file behind one."""

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still gives out a file; looking spends nothing.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def hand_out(self, token: str) -> bytearray | None:
        """Return the file and spend its link; None where the link is no good any more.

        Raises:
            StorageError: It cannot be made now; the link stays good.
        """


def export_routes(press: Press, exports: Exports) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/export/{token}", partial(_look, press, exports)),
        web.post("/export/{token}", partial(_hand_out, press, exports)),
    ]


async def _look(press: Press, exports: Exports, request: web.Request) -> web.Response:
    try:
        is_open = await exports.is_open(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if not is_open:
        return await _over(press, request)
    return await show(press, request, "export/ready", title=_READY)


async def _hand_out(press: Press, exports: Exports, request: web.Request) -> web.Response:
    if isinstance(await read_body(request, max_bytes=_MAX_BODY_BYTES), int):
        return await _over(press, request)
    try:
        file = await exports.hand_out(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if file is None:
        return await _over(press, request)
    allow(request, FILE_S)  # the link is spent: nobody must lose the file to a slow line
    headers = {
        hdrs.CACHE_CONTROL: "no-store",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{FILE_NAME}"',
    }
    return web.Response(
        body=file,
        content_type="text/html",
        charset="utf-8",
        headers=guarded(request) | headers,
    )


async def _over(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "export/over", title=_OVER, status=404)


async def _later(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "later", title=_LATER, status=503)
