"""No answer says what made it: not its name, not its version, and nothing of what was sent.

aiohttp writes its name and version into every answer, and quotes a header that it could not read.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import hdrs, web

#: What every answer has.
HEADERS: Final = {hdrs.SERVER: "chatmagico"}

_Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def discreet(handle: _Handle) -> _Handle:
    """Return the handler, whose answers have our headers and no words of aiohttp's own.

    What is raised in place of an answer is aiohttp's, such as a 404: we return ours.
    """

    async def handle_discreetly(request: web.BaseRequest) -> web.StreamResponse:
        try:
            answer = await handle(request)
        except web.HTTPException as refusal:
            refusal.body = None
            refusal.headers.update(HEADERS)
            raise
        answer.headers.update(HEADERS)
        return answer

    return handle_discreetly


class DiscreetHandler(web.RequestHandler):
    """Reads requests as aiohttp does, and answers what it cannot read with a mere status."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer an error with its status only, and end the connection."""
        wordy = super().handle_error(request, status, exc, message)  # logs, too
        answer = web.Response(status=wordy.status, headers=HEADERS)
        answer.force_close()
        return answer
