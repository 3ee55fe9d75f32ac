"""The calls that speak for the app, or for an account of the organisation, not for a Page."""

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from bot.simulator import graph_error
from bot.simulator.app_acts import AppActs
from bot.simulator.caller import Call, Doorkeeper, Handler, read_call, read_token
from bot.simulator.graph_error import GraphError, bad_parameter
from bot.simulator.wire_event import ALL_FIELDS
from bot.simulator.world import PageState, World

_SIXTY_DAYS_S = 5_184_000


def require_open(world: World, request: web.Request) -> None:
    """Refuse a change at an edge that is told to refuse."""
    refusal = world.refused.get(request.path.rpartition("/")[2])
    if refusal is not None and request.method != "GET":
        raise GraphError(refusal)


class AppCalls:
    """Tokens exchanged and looked at, Pages listed, the app's one subscription."""

    def __init__(self, world: AppActs, doorkeeper: Doorkeeper) -> None:
        self._world = world
        self._doorkeeper = doorkeeper

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Yield method, path and handler of each call."""
        yield "POST", "/{version}/oauth/access_token", self._exchange
        yield "GET", "/{version}/me/accounts", self._accounts
        yield "GET", "/{version}/me/permissions", self._permissions
        for method in ("GET", "POST"):
            yield method, "/{version}/debug_token", self._debug_token
        yield "GET", "/{version}/{node}/subscriptions", self._subscription
        yield "POST", "/{version}/{node}/subscriptions", self._subscribe
        yield "DELETE", "/{version}/{node}/subscriptions", self._end

    async def describe(self, request: web.Request) -> web.StreamResponse:
        """Tell the app what it is called."""
        self._doorkeeper.admit_app(request, Call({}))
        return _json({"id": self._world.app_id, "name": "ChatMagico"})

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        if {"client_secret", "fb_exchange_token"} & request.query.keys():
            raise GraphError(graph_error.TOKEN_IN_URL)
        given = (await read_call(request)).fields
        if given.get("grant_type") != "fb_exchange_token":
            raise bad_parameter("Invalid grant_type.")
        if str(given.get("client_id")) != self._world.app_id:
            raise GraphError(graph_error.APP_UNKNOWN)
        if given.get("client_secret") != self._world.postman.app_secret:
            raise GraphError(graph_error.SECRET_WRONG)
        login = self._doorkeeper.find_login(given.get("fb_exchange_token"))
        token = self._world.prolong(login)
        return _json({"access_token": token, "token_type": "bearer", "expires_in": _SIXTY_DAYS_S})

    async def _accounts(self, request: web.Request) -> web.StreamResponse:
        login = self._doorkeeper.admit_login(request, Call({}))
        # Whoever did not allow the list gets an empty one, and no error.
        is_allowed = "pages_show_list" in login.scopes
        shown = [self._account(page, tasks) for page, tasks in login.tasks.items() if is_allowed]
        return _json({"data": shown, "paging": {"cursors": {"before": "b", "after": "a"}}})

    def _account(self, page_id: str, tasks: Any) -> dict[str, Any]:
        page = self._world.pages[page_id].page
        known = {"id": page.id, "name": page.name, "category": "Community"}
        return {**known, "access_token": page.access_token, "tasks": list(tasks)}

    async def _permissions(self, request: web.Request) -> web.StreamResponse:
        login = self._doorkeeper.admit_login(request, Call({}))
        granted = [{"permission": name, "status": "granted"} for name in sorted(login.scopes)]
        return _json({"data": [*granted, {"permission": "email", "status": "declined"}]})

    async def _debug_token(self, request: web.Request) -> web.StreamResponse:
        call = await read_call(request)
        caller = read_token(request, call)
        if not (self._doorkeeper.is_app_token(caller) or self._doorkeeper.find_page(caller)):
            raise GraphError(graph_error.TOKEN_FOREIGN)
        if "input_token" in request.query:
            raise GraphError(graph_error.TOKEN_IN_URL)
        if request.method == "POST" and call.fields.get("method") != "GET":
            raise bad_parameter("Unsupported post request.")
        token = str(call.fields.get("input_token", ""))
        if not token:
            raise bad_parameter("param input_token must be non-empty.")
        login = self._world.logins.get(token)
        if login is not None:
            ends_at_s = login.expires_at_ms // 1000
            facts = {"type": "USER", "expires_at": ends_at_s, "scopes": sorted(login.scopes)}
            is_valid = login.expires_at_ms > self._world.clock.now_ms()
            return _json({"data": {"app_id": self._world.app_id, "is_valid": is_valid, **facts}})
        return _json({"data": self._page_facts(self._doorkeeper.find_page(token))})

    def _page_facts(self, state: PageState | None) -> dict[str, Any]:
        facts = {"app_id": self._world.app_id, "type": "PAGE", "is_valid": state is not None}
        if state is None:
            refusal = graph_error.TOKEN_INVALID
            error = {"code": refusal.code, "subcode": refusal.subcode, "message": refusal.message}
            return {**facts, "error": error, "scopes": []}
        scopes = ["pages_messaging", "pages_manage_metadata", "pages_show_list"]
        ends = {"expires_at": state.token_ends_at_ms // 1000, "data_access_expires_at": 0}
        return {**facts, "profile_id": state.page.id, **ends, "scopes": scopes}

    async def _subscription(self, request: web.Request) -> web.StreamResponse:
        self._doorkeeper.admit_app(request, Call({}))
        fields = sorted(self._world.app_fields)
        version = request.match_info["version"]
        page = {
            "object": "page",
            "callback_url": self._world.postman.webhook_url,
            "active": True,
            "fields": [{"name": name, "version": version} for name in fields],
        }
        return _json({"data": [page] if fields else []})

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        given = await self._asked(request)
        url, token = str(given.get("callback_url", "")), str(given.get("verify_token", ""))
        fields = frozenset(str(given.get("fields", "")).split(","))
        if given.get("object") != "page" or not fields <= ALL_FIELDS:
            raise bad_parameter("Param fields must name fields of the object.")
        if trouble := await self._world.postman.trouble_with(url, token):
            raise GraphError(graph_error.unverified(trouble))
        self._world.postman.webhook_url, self._world.postman.verify_token = url, token
        self._world.app_fields |= fields
        return _json({"success": True})

    async def _end(self, request: web.Request) -> web.StreamResponse:
        given = await self._asked(request)
        self._world.app_fields -= frozenset(str(given.get("fields", "")).split(","))
        return _json({"success": True})

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        call = await read_call(request)
        self._doorkeeper.admit_app(request, call)
        require_open(self._world, request)
        return dict(call.fields)


def _json(content: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(content), content_type="application/json")
