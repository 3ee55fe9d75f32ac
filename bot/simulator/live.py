"""Live updates for the chat page: Server-Sent Events."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.simulator import view
from bot.simulator.world import World

#: A comment is sent after this silence, so that a closed page is noticed.
SILENCE_S = 15.0
END = b""


class Live:
    """Writes what changes to every open page."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Send the whole state once, then each change as it happens."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        changes: asyncio.Queue[bytes] = asyncio.Queue()

        def listen(kind: str, facts: Mapping[str, Any]) -> None:
            for chunk in self._render(kind, facts):
                changes.put_nowait(chunk)

        self._world.listeners.add(listen)
        try:
            await response.write(_chunk("state", view.world_view(self._world)))
            await _pass_on(changes, response)
        except ConnectionError:
            pass
        finally:
            self._world.listeners.discard(listen)
        return response

    def _render(self, kind: str, facts: Mapping[str, Any]) -> list[bytes]:
        world = self._world
        match kind:
            case "end":
                return [END]
            case "clock":
                return [_chunk("clock", view.clock_view(world))]
            case "person":
                return [_chunk("person", view.person_view(world, world.people.get(facts["psid"])))]
            case "profile":
                people = [person for person in world.people if person.page_id == facts["page_id"]]
                chunks = [_chunk("person", view.person_view(world, person)) for person in people]
                return [_chunk("locales", view.locales(world)), *chunks]
            case "message":
                psid, message = facts["psid"], facts["message"]
                shown = view.message_view(psid, message)
                return [_chunk("message", {"psid": psid, "message": shown})]
            case _:
                return [_chunk(kind, facts)]


async def _pass_on(changes: asyncio.Queue[bytes], response: web.StreamResponse) -> None:
    while True:
        try:
            chunk = await asyncio.wait_for(changes.get(), SILENCE_S)
        except TimeoutError:
            chunk = b": still here\n\n"
        if chunk is END:
            return
        await response.write(chunk)


def _chunk(kind: str, facts: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(facts)}\n\n".encode()
