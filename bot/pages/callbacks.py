"""Meta's two callbacks: somebody removed the app on Facebook, and may want their data erased.

    415   another content encoding than identity
    413   more than 16 KiB, announced or not
    400   broken off
    403   no field `signed_request`, or not signed by us
    503   it could not be kept
    200   taken in

The id that Meta sends is not looked at: it stands for a person in an app, and a person who only
chats has none. The chat goes by another one. So nothing is held under it, and the page behind the
code says just that. Nothing of a body is kept or logged.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import hdrs, web

from bot.pages.bodies import MAX_FORM_BYTES, fields_of, read_body
from bot.pages.headers import guarded
from bot.pages.receipts import Receipts
from bot.pages.signed_request import Signed, verify
from storage import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What the callbacks need. Secrets are asked for at each request, so they can be changed."""

    receipts: Receipts
    #: The app secret and, during a rotation, the previous one.
    app_secrets: Callable[[], Sequence[bytes]]
    #: Told that somebody removed the app, and from which Page where Meta says so.
    deauthorized: Callable[[str | None], Awaitable[None]]


def callback_routes(callbacks: Callbacks, url: str) -> list[web.RouteDef]:
    """Return the routes of both callbacks; `url` stands before the address of a code."""
    return [
        web.post("/data-deletion", partial(_delete, callbacks, url)),
        web.post("/deauthorize", partial(_deauthorize, callbacks)),
    ]


async def _delete(callbacks: Callbacks, url: str, request: web.Request) -> web.Response:
    signed = await _take_in(callbacks, request)
    if isinstance(signed, int):
        return _answer(request, signed)
    try:
        await callbacks.receipts.note_callback(signed.code)
    except StorageError:
        return _answer(request, 503)
    told = {"url": f"{url}/deletion/{signed.code}", "confirmation_code": signed.code}
    return web.json_response(told, headers=guarded(request) | {hdrs.CACHE_CONTROL: "no-store"})


async def _deauthorize(callbacks: Callbacks, request: web.Request) -> web.Response:
    """Note it: a Page that stays disconnected is retired after a while.

    A revoked token stops the sending by itself: Meta refuses it, and the Page is paused then.
    """
    signed = await _take_in(callbacks, request)
    if isinstance(signed, int):
        return _answer(request, signed)
    try:
        await callbacks.deauthorized(signed.page_id)
    except StorageError:
        return _answer(request, 503)
    return _answer(request, 200)


async def _take_in(callbacks: Callbacks, request: web.Request) -> Signed | int:
    """Return what was signed by us, or the status of a refusal."""
    body = await read_body(request, max_bytes=MAX_FORM_BYTES)
    if isinstance(body, int):
        return body
    return verify(_field(body), callbacks.app_secrets()) or 403


def _field(body: bytes) -> str:
    """Return the field of the form if it is there exactly once, else nothing."""
    values = fields_of(body).get("signed_request", [])
    return values[0] if len(values) == 1 else ""


def _answer(request: web.Request, status: int) -> web.Response:
    headers = guarded(request) | {hdrs.CACHE_CONTROL: "no-store"}
    answer = web.Response(status=status, headers=headers)
    if status == web.HTTPServiceUnavailable.status_code:
        answer.headers[hdrs.RETRY_AFTER] = "60"
    if status >= web.HTTPBadRequest.status_code:
        answer.force_close()  # the rest of a refused body is not worth reading
    return answer
