"""The Graph API double: its addresses, and every call that is not a send."""

import json
import re
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.simulator import graph_error
from bot.simulator.app_acts import AppActs
from bot.simulator.app_calls import AppCalls, require_open
from bot.simulator.caller import Call, Doorkeeper, Handler, read_call
from bot.simulator.draft import parse_recipient
from bot.simulator.graph_error import GraphError, bad_parameter
from bot.simulator.people import Person
from bot.simulator.send_api import SendApi
from bot.simulator.subscribers import Subscribers
from bot.simulator.wire_event import INBOX_APP_ID
from bot.simulator.world import PageState

#: Files of up to 25 MiB, and the form around them.
MAX_BODY_BYTES = 26 * 1024 * 1024
VERSION = re.compile(r"v\d+\.\d+")
_FIRST_UPLOAD = 1_000_000_000_000

PageCall = Callable[[web.Request, PageState, Call], web.Response]


class Graph:
    """The calls of the Graph API that a Messenger bot makes."""

    def __init__(self, world: AppActs) -> None:
        self._world = world
        self._doorkeeper = Doorkeeper(world)
        self._send_api = SendApi(world, doorkeeper=self._doorkeeper)

    def make_app(self) -> web.Application:
        """Return the application that answers below `/graph`."""
        app = web.Application()
        app.on_response_prepare.append(self._date)
        page = "/{version}/{node}"
        add = app.router.add_route
        add("POST", f"{page}/messages", _guarded(self._send_api.handle))
        for method in ("GET", "POST", "DELETE"):
            add(method, f"{page}/messenger_profile", self._for_page(self._profile))
        for method in ("GET", "POST", "DELETE"):
            add(method, f"{page}/subscribed_apps", self._for_page(self._subscriptions))
        add("POST", f"{page}/message_attachments", self._for_page(self._upload))
        add("POST", f"{page}/pass_thread_control", self._for_page(self._pass))
        add("POST", f"{page}/take_thread_control", self._for_page(self._take))
        add("POST", f"{page}/release_thread_control", self._for_page(self._take))
        unsubscribe = Subscribers(self._world, self._doorkeeper).unsubscribe
        add("POST", f"{page}/messaging_customer_base/unsubscribe", _guarded(unsubscribe))
        app_calls = AppCalls(self._world, self._doorkeeper)
        for method, path, call in app_calls.routes():
            add(method, path, _guarded(call))
        add("GET", f"/{{version}}/{{node:{self._world.app_id}}}", _guarded(app_calls.describe))
        add("GET", page, self._for_page(self._describe))
        add("*", "/{path:.*}", _unknown)
        return app

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Tell the time by the Messenger's own clock, as its servers do."""
        response.headers["Date"] = format_datetime(self._world.clock.now(), usegmt=True)

    def _for_page(self, answer: PageCall) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = await read_call(request)
            state = self._doorkeeper.admit(request, call)
            require_open(self._world, request)
            return answer(request, state, call)

        return _guarded(handle)

    def _profile(self, request: web.Request, state: PageState, call: Call) -> web.Response:
        if not state.allowance.profile_calls.may_pass(self._world.clock.now_ms()):
            raise GraphError(graph_error.TOO_MANY_CALLS)
        if request.method == "GET":
            fields = request.query.get("fields", "").split(",")
            properties = state.profile.get(fields)
            return _json({"data": [properties] if properties else []})
        if request.method == "DELETE":
            state.profile.delete(_text_list(call, "fields"))
        else:
            wanted = {key: value for key, value in call.fields.items() if key != "appsecret_proof"}
            state.profile.set(wanted)
        self._world.publish("profile", page_id=state.page.id)
        return _json({"result": "success"})

    def _subscriptions(self, request: web.Request, state: PageState, call: Call) -> web.Response:
        if request.method == "GET":
            fields = sorted(state.fields)
            app = {"id": self._world.app_id, "name": "ChatMagico", "subscribed_fields": fields}
            return _json({"data": [app] if fields else []})
        if request.method == "DELETE":
            state.fields = frozenset()
            return _json({"success": True})
        given = call.fields.get("subscribed_fields", request.query.get("subscribed_fields", ""))
        names = given.split(",") if isinstance(given, str) else given
        if not names or not all(isinstance(name, str) and name for name in names):
            raise bad_parameter("param subscribed_fields must be non-empty.")
        state.fields = frozenset(names)
        return _json({"success": True})

    def _upload(self, _request: web.Request, _state: PageState, call: Call) -> web.Response:
        message = call.fields.get("message")
        attachment = message.get("attachment") if isinstance(message, dict) else None
        payload = attachment.get("payload") if isinstance(attachment, dict) else None
        url = payload.get("url") if isinstance(payload, dict) else None
        if not isinstance(url, str):
            raise bad_parameter("param message must name an attachment.")
        self._world.uploads.append(url)
        return _json({"attachment_id": str(_FIRST_UPLOAD + len(self._world.uploads))})

    def _pass(self, _request: web.Request, state: PageState, call: Call) -> web.Response:
        target = str(call.fields.get("target_app_id", ""))
        if not target:
            raise bad_parameter("param target_app_id must be non-empty.")
        if target == INBOX_APP_ID and not state.has_inbox:
            raise GraphError(graph_error.NO_PERMISSION)
        return self._give(state, call, owner=None if target == self._world.app_id else target)

    def _take(self, _request: web.Request, state: PageState, call: Call) -> web.Response:
        # Released or taken: in both cases this app, the Page's default one, may write.
        return self._give(state, call, owner=None)

    def _give(self, state: PageState, call: Call, *, owner: str | None) -> web.Response:
        person = self._person(state, parse_recipient(call.fields))
        person.owner_app_id = owner
        self._world.publish("person", psid=person.psid)
        return _json({"success": True})

    def _person(self, state: PageState, psid: str) -> Person:
        person = self._world.people.find(psid)
        if person is None or person.page_id != state.page.id:
            raise GraphError(graph_error.NO_SUCH_PERSON)
        return person

    def _describe(self, _request: web.Request, state: PageState, _call: Call) -> web.Response:
        return _json({"id": state.page.id, "name": state.page.name})


def _guarded(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        if not VERSION.fullmatch(request.match_info.get("version", "")):
            return graph_error.UNKNOWN_PATH.to_response()
        try:
            return await handler(request)
        except GraphError as error:
            return error.refusal.to_response()
        except web.HTTPRequestEntityTooLarge:
            return graph_error.FILE_TOO_BIG.to_response()

    return handle


async def _unknown(_request: web.Request) -> web.StreamResponse:
    return graph_error.UNKNOWN_PATH.to_response()


def _text_list(call: Call, name: str) -> list[str]:
    values = call.fields.get(name)
    if not isinstance(values, list) or not values:
        raise bad_parameter(f"param {name} must be a non-empty list.")
    return [str(value) for value in values]


def _json(content: dict[str, Any]) -> web.Response:
    return web.Response(text=json.dumps(content), content_type="application/json")
