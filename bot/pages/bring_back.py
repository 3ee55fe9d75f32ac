"""The page that takes an export back, once."""

from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, Protocol

from aiohttp import web

from bot.inbound.deadline import allow
from bot.pages.export import FILE_S
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from bot.pages.upload import read_file
from storage import StorageError
from storage.export import Fault

#: What became of a file that was handed in: it is over where the link is no good any more.
Verdict = Literal["done", "over"] | Fault

MAX_FILE_BYTES: Final = 16 * 1024 * 1024
#: Each file that comes in costs its size in memory.
_MOST_AT_ONCE: Final = 8
_READY: Final = _("Bring your data back")
_DONE: Final = _("Welcome back")
_REFUSED: Final = _("This file brings nothing back")
_OVER: Final = _("This link is used up")
_LATER: Final = _("We cannot look that up now")
_WHY: Final[Mapping[str, str]] = {
    "broken": _("We cannot read this file: it is not one that the bot made, or a part is missing."),
    "changed": _("This file was changed since it was made, or it was made elsewhere."),
    "foreign": _("This file was made for another chat."),
    "used": _("This file was handed in before, and counts once."),
    "too_large": _("This file is larger than any that the bot makes."),
}


class Returns(Protocol):
    """Knows links, and takes files in."""

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still takes a file in; looking spends nothing.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def take(self, token: str, file: bytearray) -> Verdict:
        """Judge a file, and bring back what is in it where it is good; that spends the link.

        Raises:
            StorageError: It cannot be done now; nothing was.
        """


def bring_back_routes(press: Press, returns: Returns) -> list[web.RouteDef]:
    """Return the routes of the page."""
    taking: set[str] = set()
    return [
        web.get("/bring-back/{token}", partial(_look, press, returns)),
        web.post("/bring-back/{token}", partial(_take_in_turn, press, returns, taking)),
    ]


async def _look(press: Press, returns: Returns, request: web.Request) -> web.Response:
    try:
        is_open = await returns.is_open(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if not is_open:
        return await _over(press, request)
    return await show(press, request, "bring-back/ready", title=_READY)


async def _take_in_turn(
    press: Press, returns: Returns, taking: set[str], request: web.Request
) -> web.Response:
    """Take one file of a link at a time, and few in all: memory is what they cost."""
    token = request.match_info["token"]
    if token in taking or len(taking) >= _MOST_AT_ONCE:
        return await _later(press, request)
    taking.add(token)
    try:
        return await _take(press, returns, token, request)
    finally:
        taking.discard(token)


async def _take(press: Press, returns: Returns, token: str, request: web.Request) -> web.Response:
    try:
        # Before the file is read: nobody without a link costs us its memory.
        if not await returns.is_open(token):
            return await _over(press, request)
        allow(request, FILE_S)
        file = await read_file(request, "file", max_bytes=MAX_FILE_BYTES)
        verdict = file if isinstance(file, str) else await returns.take(token, file)
    except StorageError:
        return await _later(press, request)
    if verdict == "done":
        return await show(press, request, "bring-back/done", title=_DONE)
    if verdict == "over":
        return await _over(press, request)
    answer = await show(
        press, request, "bring-back/refused", title=_REFUSED, status=422, why=_WHY[verdict]
    )
    answer.force_close()  # the rest of a file that is too large is not worth reading
    return answer


async def _over(press: Press, request: web.Request) -> web.Response:
    answer = await show(press, request, "bring-back/over", title=_OVER, status=404)
    answer.force_close()
    return answer


async def _later(press: Press, request: web.Request) -> web.Response:
    answer = await show(press, request, "later", title=_LATER, status=503)
    answer.force_close()
    return answer
