"""The page on which a person gives one detail, so that it does not stand in Messenger."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, Protocol

from aiohttp import hdrs, web

from bot.details.values import zones
from bot.pages.bodies import read_form
from bot.pages.press import Press
from bot.pages.private import show
from bot.pages.texts import _
from storage import StorageError
from storage.details import Field

#: What becomes of a value that was sent.
Taken = Literal["kept", "refused", "over"]

_LATER: Final = _("We cannot look that up now")
_OVER: Final = _("This page does not work any more")
_NOTED: Final = _("Noted")
_TITLES: Final[Mapping[str, str]] = {
    "name": _("Your name"),
    "email": _("Your e-mail address"),
    "phone": _("Your phone number"),
    "time_zone": _("Your time zone"),
}
#: What helps to write it.
_HINTS: Final[Mapping[str, str]] = {
    "name": _("As we may address you, 100 characters at most."),
    "email": _("We send a code there; you write it in the chat, so that we know it is yours."),
    "phone": _("With the country code, such as +49 30 901820."),
    "time_zone": _("Choose a large city whose time you live by."),
}
_REFUSALS: Final[Mapping[str, str]] = {
    "name": _("Please write a name of 100 characters at most."),
    "email": _("That is no e-mail address that mail can go to. Is there a slip in it?"),
    "phone": _("That is no whole phone number. Is the country code missing?"),
    "time_zone": _("Please choose one of the time zones."),
}
#: What the browser needs to offer the right keyboard, and what the person's own device knows.
_INPUTS: Final[Mapping[str, Mapping[str, str]]] = {
    "name": {"type": "text", "autocomplete": "name"},
    "email": {"type": "email", "autocomplete": "email"},
    "phone": {"type": "tel", "autocomplete": "tel"},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link asks for."""

    name: Field
    #: Which purposes need it.
    purpose_ids: tuple[str, ...]
    #: Language of the chat; empty where none was chosen.
    language: str = ""


class Desk(Protocol):
    """Takes details in, for whoever has the secret part of a link.

    Raises:
        StorageError: That is impossible now.
    """

    async def look(self, token: str) -> Asked | None:
        """Return what an open link asks for, without spending it; None for all others."""

    async def take(self, token: str, typed: str) -> Taken:
        """Check and keep a value and spend the link; a refused value does not spend it."""


def detail_routes(press: Press, desk: Desk) -> list[web.RouteDef]:
    """Return the routes of the page."""
    return [
        web.get("/detail/{token}", partial(_ask, press, desk)),
        web.post("/detail/{token}", partial(_take, press, desk)),
    ]


async def _ask(press: Press, desk: Desk, request: web.Request) -> web.Response:
    try:
        asked = await desk.look(request.match_info["token"])
    except StorageError:
        return await _later(press, request)
    if asked is None:
        return await _over(press, request)
    return await _form(press, request, asked)


async def _take(press: Press, desk: Desk, request: web.Request) -> web.Response:
    token = request.match_info["token"]
    typed = (await read_form(request) or {}).get("value", "")
    try:
        asked = await desk.look(token)
        taken = "over" if asked is None else await desk.take(token, typed)
    except StorageError:
        return await _later(press, request)
    if asked is None or taken == "over":
        return await _over(press, request)
    if taken == "refused":
        return await _form(press, request, asked, typed=typed, refusal=_REFUSALS[asked.name])
    return await show(
        press, request, "detail/noted", title=_NOTED, language=asked.language, detail=asked.name
    )


async def _form(
    press: Press, request: web.Request, asked: Asked, *, typed: str = "", refusal: str = ""
) -> web.Response:
    return await show(
        press,
        request,
        "detail/form",
        title=_TITLES[asked.name],
        status=400 if refusal else 200,
        language=asked.language,
        label=_TITLES[asked.name],
        hint=_HINTS[asked.name],
        refusal=refusal,
        typed=typed,
        needed_by=asked.purpose_ids,
        input=_INPUTS.get(asked.name, {}),
        zones=zones() if asked.name == "time_zone" else {},
    )


async def _over(press: Press, request: web.Request) -> web.Response:
    return await show(press, request, "detail/over", title=_OVER, status=410)


async def _later(press: Press, request: web.Request) -> web.Response:
    answer = await show(press, request, "deletion/later", title=_LATER, status=503)
    answer.headers[hdrs.RETRY_AFTER] = "60"
    return answer
