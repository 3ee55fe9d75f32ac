"""The page that gives out the proof of a consent to an admin, once.

A preview or a second look costs nothing: only the form's POST spends the link.
"""

from functools import partial
from typing import Final

from aiohttp import hdrs, web

from bot.inbound.deadline import allow
from bot.pages.bodies import read_body
from bot.pages.export import FILE_S, Exports
from bot.pages.headers import guarded
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from storage import StorageError

#: For admins, so in English only.
_READY: Final = "The proof of one consent"
_OVER: Final = _("This link is used up")
_LATER: Final = _("We cannot look that up now")
_MAX_BODY_BYTES: Final = 1024
FILE_NAME: Final = "consent-proof.json"


def evidence_routes(press: Press, proofs: Exports) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/evidence/{token}", partial(_look, press, proofs)),
        web.post("/evidence/{token}", partial(_hand_out, press, proofs)),
    ]


async def _look(press: Press, proofs: Exports, request: web.Request) -> web.Response:
    try:
        is_open = await proofs.is_open(request.match_info["token"])
    except StorageError:
        return await show(press, request, "later", title=_LATER, status=503)
    if not is_open:
        return await _over(press, request)
    return await show(press, request, "evidence/ready", title=_READY, language="en")


async def _hand_out(press: Press, proofs: Exports, request: web.Request) -> web.Response:
    if isinstance(await read_body(request, max_bytes=_MAX_BODY_BYTES), int):
        return await _over(press, request)
    try:
        file = await proofs.hand_out(request.match_info["token"])
    except StorageError:
        return await show(press, request, "later", title=_LATER, status=503)
    if file is None:
        return await _over(press, request)
    allow(request, FILE_S)  # the link is spent: nobody must lose the file to a slow line
    named = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{FILE_NAME}"'}
    return web.Response(
        body=file,
        content_type="application/json",
        headers=guarded(request) | named | {hdrs.CACHE_CONTROL: "no-store"},
    )


async def _over(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "evidence/over", title=_OVER, status=404, language="en")
