"""The chat page in the browser, and the small API that it drives the simulator with.

Every address below `/sim` takes JSON only and answers on loopback names only, so that no other
page in the same browser can reach it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.clock import MovableClock
from bot.simulator.app_acts import AppActs
from bot.simulator.live import Live
from bot.simulator.page_acts import PageActs
from bot.simulator.person_acts import PersonActs

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
#: The page is told at once when an act is not possible; the bot may take longer to take it.
ANSWER_WITHIN_S = 1.0

Act = Callable[[str, dict[str, Any]], Coroutine[Any, Any, object]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stage(PersonActs, PageActs, AppActs):
    """What the page drives: the hands of the people, of the Page, of the app's owner."""


class ChatPage:
    """Serves the page, its live updates and its acts."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._acts = _acts(stage)
        if isinstance(stage.clock, MovableClock):
            stage.clock.on_move(lambda: stage.publish("clock"))

    def add_to(self, app: web.Application) -> None:
        """Add the page's addresses to an application."""
        app.router.add_get("/", self._index)
        # As m.me has it: `/<Page>?ref=…` lets somebody new come by that link.
        app.router.add_get("/{page:[0-9]+}", self._index)
        app.router.add_get("/static/{name}", self._file)
        app.add_subapp("/sim", self._make_api())

    def _make_api(self) -> web.Application:
        api = web.Application(middlewares=[_from_this_page_only])
        api.router.add_get("/events", Live(self._stage).handle)
        api.router.add_get("/files/{psid}/{mid}", self._attachment)
        api.router.add_get("/authenticator", self._authenticator)
        api.router.add_post("/clock", self._move_clock)
        api.router.add_post("/people", self._add_person)
        api.router.add_post("/people/{psid}/{act}", self._act)
        return api

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return _static("index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _static(request.match_info["name"])

    async def _add_person(self, request: web.Request) -> web.Response:
        given = await request.json()
        psid = self._stage.add_person(
            given.get("page_id"), given.get("name") or None, locale=given.get("locale", "default")
        )
        return web.json_response({"psid": psid}, status=201)

    async def _authenticator(self, _request: web.Request) -> web.Response:
        shown = self._stage.authenticator
        return web.json_response(dict(await shown()) if shown else {})

    async def _move_clock(self, request: web.Request) -> web.Response:
        if not isinstance(self._stage.clock, MovableClock):
            raise web.HTTPConflict(text="This clock cannot be moved.")
        self._stage.clock.move(float((await request.json())["seconds"]))
        return web.Response(status=204)

    async def _act(self, request: web.Request) -> web.Response:
        act = self._acts.get(request.match_info["act"])
        if act is None or self._stage.people.find(request.match_info["psid"]) is None:
            raise web.HTTPNotFound
        given = await request.json()
        doing = asyncio.ensure_future(_do(act, request.match_info["psid"], given))
        await asyncio.wait({doing}, timeout=ANSWER_WITHIN_S)
        if not doing.done():
            self._stage.postman.in_background(_finish(doing))
            return web.Response(status=202)
        try:
            doing.result()
        except (LookupError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.Response(status=204)

    async def _attachment(self, request: web.Request) -> web.Response:
        person = self._stage.people.find(request.match_info["psid"])
        for message in person.thread if person else ():
            if message.mid == request.match_info["mid"] and message.attachment:
                # Always a download: a file of the bot must not run in the simulator's page.
                return web.Response(
                    body=message.attachment.content,
                    content_type="application/octet-stream",
                    headers={"Content-Disposition": _disposition(message.attachment.name)},
                )
        raise web.HTTPNotFound


def _acts(stage: Stage) -> dict[str, Act]:
    """Return what `POST /sim/people/{psid}/{act}` can do, by name."""

    async def block(psid: str) -> None:
        stage.block(psid)

    async def unblock(psid: str) -> None:
        stage.unblock(psid)

    return {
        "say": lambda psid, given: stage.say(psid, str(given["text"])),
        "tap": lambda psid, given: stage.tap(psid, str(given["choice"])),
        "attachment": lambda psid, given: stage.send_attachment(psid, str(given["kind"])),
        "get-started": lambda psid, given: stage.get_started(psid, given.get("ref")),
        "ice-breaker": lambda psid, given: stage.ice_breaker(psid, int(given["index"])),
        "menu": lambda psid, given: stage.menu(psid, int(given["index"])),
        "react": lambda psid, given: stage.react(psid, str(given["mid"])),
        "arrive": lambda psid, given: stage.arrive(psid, str(given["ref"])),
        "inbox": lambda psid, given: stage.page_inbox_says(psid, str(given["text"])),
        "hand-over": lambda psid, _given: stage.hand_over(psid),
        "hand-back": lambda psid, _given: stage.hand_back(psid),
        "block": lambda psid, _given: block(psid),
        "unblock": lambda psid, _given: unblock(psid),
    }


async def _do(act: Act, psid: str, given: dict[str, Any]) -> object:
    return await act(psid, given)


async def _finish(doing: asyncio.Future[object]) -> None:
    await doing


def _static(name: str) -> web.StreamResponse:
    path = STATIC / name
    if path.suffix not in TYPES or path.parent != STATIC or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(
        body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS
    )


def _disposition(name: str) -> str:
    plain = "".join(letter for letter in name if letter.isalnum() or letter in "-_. ")
    return f'attachment; filename="{plain.encode("ascii", "ignore").decode() or "file"}"'


@web.middleware
async def _from_this_page_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[1] else request.host
    if host not in LOOPBACK_NAMES:
        raise web.HTTPForbidden(text="Only this machine may drive the simulator.")
    if request.method == "POST" and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Only JSON is taken.")
    return await handler(request)
