"""The addresses of the pages, and the headers that keep a browser's visit to itself.

No page sets a cookie, runs a script or loads anything from elsewhere, and no visit is written down.
"""

from functools import partial
from typing import Final

from aiohttp import hdrs, web

from bot.pages.facts import Pages
from bot.pages.press import STYLE, Name, Press
from bot.pages.speaking import choose

_HEADERS: Final = {
    hdrs.SERVER: "chatmagico",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
}
_TWO_YEARS_S: Final = 2 * 365 * 86_400
#: A changed notice is seen after minutes; the style sheet's address changes with the sheet.
_PAGE_CACHE: Final = "public, max-age=300"
_STYLE_CACHE: Final = "public, max-age=86400"


def routes(pages: Pages) -> list[web.RouteDef]:
    """Return the routes of the pages; the last answers whatever no other route knows."""
    press = Press(pages)
    return [
        web.get("/privacy", partial(_show, press, "privacy")),
        web.get("/terms", partial(_show, press, "terms")),
        web.get("/static/page.css", _style),
        web.get("/{rest:.*}", partial(_show, press, "not_found")),
    ]


async def _show(press: Press, name: Name, request: web.Request) -> web.Response:
    language = choose(
        request.query.get("lang", ""),
        request.headers.get(hdrs.ACCEPT_LANGUAGE, ""),
        press.languages,
    )
    is_found = name != "not_found"
    headers = {
        hdrs.CACHE_CONTROL: _PAGE_CACHE if is_found else "no-store",
        hdrs.CONTENT_LANGUAGE: language,
        hdrs.VARY: hdrs.ACCEPT_LANGUAGE,
    }
    return web.Response(
        body=await press.page(name, language),
        status=200 if is_found else 404,
        content_type="text/html",
        charset="utf-8",
        headers=_guarded(request) | headers,
    )


async def _style(request: web.Request) -> web.Response:
    return web.Response(
        body=STYLE.read_bytes(),
        content_type="text/css",
        charset="utf-8",
        headers=_guarded(request) | {hdrs.CACHE_CONTROL: _STYLE_CACHE},
    )


def _guarded(request: web.Request) -> dict[str, str]:
    """Return the headers of every answer; over https the browser is told to stay there.

    The proxy's word is taken from anybody here: a browser ignores the header on clear HTTP.
    """
    protos = request.headers.getall(hdrs.X_FORWARDED_PROTO, ())
    if not request.secure and list(protos) != ["https"]:
        return _HEADERS
    return _HEADERS | {"Strict-Transport-Security": f"max-age={_TWO_YEARS_S}"}
