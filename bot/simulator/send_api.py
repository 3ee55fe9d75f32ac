"""`POST /{version}/{page}/messages`: the Send API."""

import json
import socket
import struct
from asyncio import Transport
from typing import Any

from aiohttp import web

from bot.simulator import graph_error
from bot.simulator.caller import Call, Doorkeeper, read_call
from bot.simulator.draft import Draft, parse_action, parse_draft, parse_recipient
from bot.simulator.faults import Answer, Attempt, Echo, Fault, Faults
from bot.simulator.graph_error import GraphError
from bot.simulator.people import Person
from bot.simulator.values import Author, Message, Sent
from bot.simulator.wire_event import new_mid
from bot.simulator.world import PageState, World

LOUD_KINDS = frozenset({"audio", "video"})
NO_FAULT = Fault()


class SendApi:
    """Takes the sends of the bot, as the platform's rules allow."""

    def __init__(self, world: World, *, doorkeeper: Doorkeeper) -> None:
        self._world = world
        self._doorkeeper = doorkeeper

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        self._world.calls += 1
        call = await read_call(request)
        state = self._doorkeeper.admit(request, call)
        if "sender_action" in call.fields:
            return self._act(state, call)
        draft = parse_draft(call.fields, file=call.file)
        person = self._recipient(state, draft.psid)
        self._check_may_send(state, person, draft)
        return await self._send(request, state, person=person, draft=draft)

    def _act(self, state: PageState, call: Call) -> web.Response:
        action = parse_action(call.fields)
        person = self._recipient(state, parse_recipient(call.fields))
        self._check_may_write(person)
        if action.startswith("typing"):
            self._world.publish("typing", psid=person.psid, is_on=action == "typing_on")
        return _answer(state, {"recipient_id": person.psid})

    def _recipient(self, state: PageState, psid: str) -> Person:
        person = self._world.people.find(psid)
        if person is None or person.page_id != state.page.id:
            raise GraphError(graph_error.NO_SUCH_PERSON)
        return person

    def _check_may_send(self, state: PageState, person: Person, draft: Draft) -> None:
        now_ms = self._world.clock.now_ms()
        allowance = state.allowance
        is_loud = draft.attachment is not None and draft.attachment.kind in LOUD_KINDS
        turnstile = allowance.loud_sends if is_loud else allowance.sends
        if not turnstile.may_pass(now_ms):
            raise GraphError(graph_error.TOO_MANY_CALLS)
        self._check_may_write(person)

    def _check_may_write(self, person: Person) -> None:
        if person.is_blocking:
            raise GraphError(graph_error.NOT_AVAILABLE)
        if not person.is_window_open(self._world.clock.now_ms()):
            raise GraphError(graph_error.WINDOW_CLOSED)
        if self._world.is_held_elsewhere(person):
            raise GraphError(graph_error.OTHER_APP_CONTROLS)

    async def _send(
        self, request: web.Request, state: PageState, *, person: Person, draft: Draft
    ) -> web.StreamResponse:
        attempt = Attempt(
            page_id=state.page.id,
            psid=person.psid,
            metadata=draft.metadata,
            text=draft.text,
            earlier_count=self._world.calls - 1,
        )
        faults = self._world.faults
        fault = faults.take(attempt) or NO_FAULT
        answer = {"recipient_id": person.psid, "message_id": new_mid()}
        if fault.is_accepted:
            self._accept(person, draft, mid=answer["message_id"], echo=fault.echo)
        wrong = await go_wrong(request, fault, faults, page_id=state.page.id)
        return wrong or _answer(state, answer)

    def _accept(self, person: Person, draft: Draft, *, mid: str, echo: Echo) -> None:
        world = self._world
        message = _message(draft, mid=mid, at_ms=world.clock.now_ms())
        sent = Sent(
            page_id=person.page_id,
            psid=person.psid,
            mid=mid,
            metadata=draft.metadata,
            text=draft.text,
            at_ms=message.at_ms,
        )
        world.received.append(sent)
        world.show(person, message)
        world.confirm(person, message, app_id=world.app_id, when=echo)


async def go_wrong(
    request: web.Request, fault: Fault, faults: Faults, *, page_id: str
) -> web.Response | None:
    """Answer as a fault says; None where the caller sees nothing of it, or no more."""
    if fault.answer is Answer.REFUSAL:
        return fault.refusal_for(page_id).to_response()
    if fault.answer is Answer.RESET:
        return _reset(request)
    if fault.answer is Answer.GARBAGE:
        return web.Response(text="<html>Sorry, something went wrong", content_type="text/html")
    if fault.answer is Answer.HANG:
        await faults.wait_for_release()
    return None


def _message(draft: Draft, *, mid: str, at_ms: int) -> Message:
    template = draft.template
    return Message(
        mid=mid,
        at_ms=at_ms,
        author=Author.BOT,
        text=draft.text,
        quick_replies=draft.quick_replies,
        buttons=template.buttons if template else (),
        cards=template.cards if template else (),
        attachment=draft.attachment,
        metadata=draft.metadata,
        tag=draft.tag,
    )


def _answer(state: PageState, content: dict[str, Any]) -> web.Response:
    headers = None
    if state.usage_percent:
        headers = graph_error.usage_header(state.page.id, percent=state.usage_percent)
    return web.Response(text=json.dumps(content), content_type="application/json", headers=headers)


def _reset(request: web.Request) -> web.Response:
    """Tear the connection down with a TCP reset instead of an answer."""
    transport = request.transport
    if isinstance(transport, Transport):
        linger_for_nothing = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing
        )
        transport.abort()
    return web.Response()
