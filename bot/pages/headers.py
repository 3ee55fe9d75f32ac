"""The headers of every answer: a browser's visit stays with itself."""

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

_POLICY: Final = "Content-Security-Policy"
_HEADERS: Final = {
    hdrs.SERVER: "chatmagico",
    _POLICY: (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
}
_WITH_FORM: Final = {_POLICY: _HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'")}
_TWO_YEARS_S: Final = 2 * 365 * 86_400


def guarded(request: web.Request, *, has_form: bool = False) -> dict[str, str]:
    """Return the headers of every answer; over https the browser is told to stay there.

    The proxy's word is taken from anybody here: a browser ignores the header on clear HTTP.
    """
    headers = _HEADERS | _WITH_FORM if has_form else _HEADERS
    protos = request.headers.getall(hdrs.X_FORWARDED_PROTO, ())
    if not request.secure and list(protos) != ["https"]:
        return headers
    return headers | {"Strict-Transport-Security": f"max-age={_TWO_YEARS_S}"}


def refused(request: web.Request, status: int) -> web.Response:
    """Return a refusal without words; the rest of its body is not worth reading."""
    answer = web.Response(
        status=status, headers=guarded(request) | {hdrs.CACHE_CONTROL: "no-store"}
    )
    answer.force_close()
    return answer


@web.middleware
async def guard_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the headers to whatever answer has none yet, such as the refusal of a method."""
    try:
        answer = await handler(request)
    except web.HTTPException as refusal:
        _complete(request, refusal)
        raise
    _complete(request, answer)
    return answer


def _complete(request: web.Request, answer: web.StreamResponse) -> None:
    for name, value in guarded(request).items():
        answer.headers.setdefault(name, value)
