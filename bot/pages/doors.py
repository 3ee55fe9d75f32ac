"""The addresses of the pages.

No page sets a cookie, runs a script or loads anything from elsewhere, and no visit is written down.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import hdrs, web

from bot.pages.breaches import BREACHES, told_in_public
from bot.pages.bring_back import Returns, bring_back_routes
from bot.pages.callbacks import Callbacks, callback_routes
from bot.pages.detail import Desk, detail_routes
from bot.pages.enroll import Enrolling, enroll_routes
from bot.pages.evidence import evidence_routes
from bot.pages.export import Exports, export_routes
from bot.pages.headers import guarded
from bot.pages.press import LASTING, STYLE, Name, Press
from bot.pages.private import show
from bot.pages.receipts import Receipts, as_handed_out, rows_of
from bot.pages.speaking import choose
from bot.pages.unsubscribe import Subscriptions, unsubscribe_routes
from storage import StorageError

#: A changed notice is seen after minutes; the style sheet's address changes with the sheet.
_PAGE_CACHE: Final = "public, max-age=300"
_STYLE_CACHE: Final = "public, max-age=86400"
#: Asks for a receipt's proof instead of its page; as a query, so that no page names its number.
_PROOF: Final = "proof"
#: What a receipt's status is told with.
_TOLD_ON: Final[Mapping[str, Name]] = {
    "ordered": "deletion/ordered",
    "done": "deletion/done",
    "callback": "deletion/callback",
}
#: The pages that are no answer to what was asked for.
_STATUS: Final[Mapping[Name, int]] = {
    "not_found": 404,
    "deletion/unknown": 404,
    "deletion/later": 503,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Who serves people on the pages that are theirs alone."""

    details: Desk
    enrolling: Enrolling
    exports: Exports
    proofs: Exports
    returns: Returns
    subscriptions: Subscriptions
    #: What is to be told of breaches in public, in a language.
    breaches: Callable[[str], Awaitable[Sequence[str]]]


def routes(press: Press, callbacks: Callbacks, desks: Desks, *, url: str) -> list[web.RouteDef]:
    """Return the routes of the pages; the last answers whatever no other route knows.

    Args:
        press: Has what they show.
        callbacks: Serves what Meta says about people.
        desks: Serve people on the pages that are theirs alone.
        url: Where the world reaches this bot, without a slash at the end.
    """
    return [
        *callback_routes(callbacks, url),
        *detail_routes(press, desks.details),
        *enroll_routes(press, desks.enrolling),
        *export_routes(press, desks.exports),
        *evidence_routes(press, desks.proofs),
        *bring_back_routes(press, desks.returns),
        *unsubscribe_routes(press, desks.subscriptions),
        web.get("/deletion/{code}", partial(_show_status, press, callbacks.receipts)),
        web.get("/privacy", partial(_show_notice, press, desks)),
        web.get("/terms", partial(_show, press, "terms")),
        web.get("/data-deletion", partial(_show, press, "data-deletion")),
        web.get("/static/page.css", _style),
        web.get("/{rest:.*}", partial(_show, press, "not_found")),
    ]


async def _show_notice(press: Press, desks: Desks, request: web.Request) -> web.Response:
    """Show the notice; what is told of breaches in public stands before everything else."""
    response = await _show(press, "privacy", request)
    try:
        texts = await desks.breaches(_language(press, request))
    except StorageError:
        return response  # the notice itself is always there
    if texts and isinstance(response.body, bytes):
        response.body = response.body.replace(BREACHES, told_in_public(texts), 1)
    return response


def _language(press: Press, request: web.Request) -> str:
    return choose(
        request.query.get("lang", ""),
        request.headers.get(hdrs.ACCEPT_LANGUAGE, ""),
        press.languages,
    )


async def _show(press: Press, name: Name, request: web.Request) -> web.Response:
    language = _language(press, request)
    headers = {
        hdrs.CACHE_CONTROL: _PAGE_CACHE if name in LASTING else "no-store",
        hdrs.CONTENT_LANGUAGE: language,
        hdrs.VARY: hdrs.ACCEPT_LANGUAGE,
    }
    return web.Response(
        body=await press.page(name, language),
        status=_STATUS.get(name, 200),
        content_type="text/html",
        charset="utf-8",
        headers=guarded(request) | headers,
    )


async def _show_status(press: Press, receipts: Receipts, request: web.Request) -> web.Response:
    """Tell what became of a request; a number that never was looks like one that is gone."""
    code = as_handed_out(request.match_info["code"])
    try:
        if code is not None and _PROOF in request.query:
            file = await receipts.proof(code)
            return (
                await _show(press, "deletion/unknown", request)
                if file is None
                else _hand(file, request)
            )
        status = None if code is None else await receipts.status(code)
        told = () if code is None or status is None else await receipts.told(code)
    except StorageError:
        return await _show(press, "deletion/later", request)
    name = "deletion/unknown" if status is None else _TOLD_ON[status]
    if not told:
        return await _show(press, name, request)
    return await show(press, request, name, title=press.title_of(name), told=rows_of(told))


def _hand(file: bytes, request: web.Request) -> web.Response:
    """Hand a proof out as a file of its own, stored nowhere on the way."""
    named = {hdrs.CONTENT_DISPOSITION: 'attachment; filename="erasure-receipt.json"'}
    return web.Response(
        body=file,
        content_type="application/json",
        headers=guarded(request) | named | {hdrs.CACHE_CONTROL: "no-store"},
    )


async def _style(request: web.Request) -> web.Response:
    return web.Response(
        body=STYLE.read_bytes(),
        content_type="text/css",
        charset="utf-8",
        headers=guarded(request) | {hdrs.CACHE_CONTROL: _STYLE_CACHE},
    )
