"""`POST /{version}/{page}/messaging_customer_base/unsubscribe`: who gets no marketing messages.

What Meta answers is not documented to us: this one says yes as its other edges do.
"""

from aiohttp import web

from bot.simulator import graph_error
from bot.simulator.caller import Call, Doorkeeper, read_call
from bot.simulator.faults import Attempt
from bot.simulator.graph_error import GraphError, bad_parameter
from bot.simulator.send_api import NO_FAULT, go_wrong
from bot.simulator.world import PageState, World


class Subscribers:
    """Takes people off Meta's paid marketing messages."""

    def __init__(self, world: World, doorkeeper: Doorkeeper) -> None:
        self._world = world
        self._doorkeeper = doorkeeper

    async def unsubscribe(self, request: web.Request) -> web.StreamResponse:
        """Answer one call; it names one person, as the bot does."""
        call = await read_call(request)
        state = self._doorkeeper.admit(request, call)
        psid = self._psid(state, call)
        world, page_id = self._world, state.page.id
        count = len(world.unsubscribed)
        attempt = Attempt(page_id=page_id, psid=psid, metadata=None, text="", earlier_count=count)
        fault = world.unsubscribe_faults.take(attempt) or NO_FAULT
        if fault.is_accepted:
            world.unsubscribed.append(psid)
        wrong = await go_wrong(request, fault, world.unsubscribe_faults, page_id=page_id)
        return wrong or web.json_response({"success": True})

    def _psid(self, state: PageState, call: Call) -> str:
        match {name: one for name, one in call.fields.items() if name != "appsecret_proof"}:
            case {"data": [{"psid": str(psid), **more}], **others} if not more and not others:
                person = self._world.people.find(psid)
            case _:
                raise bad_parameter("The body must be data with one psid, and nothing else.")
        if person is None or person.page_id != state.page.id:
            raise GraphError(graph_error.NO_SUCH_PERSON)
        return person.psid
