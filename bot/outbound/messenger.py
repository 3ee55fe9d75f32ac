"""One Page's line to Messenger; the only file that imports pymessenger.

pymessenger knows the payloads of the Send API. Its own `send_raw` blocks, has no time limit and
ignores what is answered, so this one is awaited: all of pymessenger's helpers end in
`return self.send_raw(payload)`, so each of them can be awaited too.
"""

import asyncio
from copy import copy
from typing import Any, Final

from pymessenger.bot import Bot

from bot.outbound.errors import (
    GraphError,
    PageTrouble,
    PersonUnreachable,
    StopNotForwarded,
    ThreadNotMoved,
)
from bot.outbound.graph import Graph

#: What stands before our outbox id in `message.metadata`, which echoes bring back.
MARK = "out:"
#: A person's next answer waits for a call that has begun, so this one may not take as long.
_ASIDE_S: Final = 5


class Messenger(Bot):  # type: ignore[misc]  # pymessenger has no types
    """Sends for one Page."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(access_token=None)  # it must not know the token: it would put it into URLs
        self._graph = graph

    @property
    def usage_percent(self) -> int:
        """Return how much of what Meta allows was used at the last answer."""
        return self._graph.usage_percent

    async def deliver(self, psid: str, message: dict[str, Any], *, outbox_id: bytes) -> None:
        """Send one message, marked so that its echo can be matched.

        Raises:
            GraphError: One of its children, by what is to be done about it.
        """
        marked = {**message, "metadata": f"{MARK}{outbox_id.hex()}"}
        await self.send_message(psid, marked)

    async def deliver_file(
        self, psid: str, file: bytes | bytearray, name: str, *, outbox_id: bytes
    ) -> None:
        """Send a file, marked so that its echo can be matched; raises as `deliver` does.

        pymessenger's own way reads files from a disk, where this one must never be.
        """
        content = {
            "recipient": {"id": psid},
            "messaging_type": "RESPONSE",
            "message": {
                "attachment": {"type": "file", "payload": {"is_reusable": False}},
                "metadata": f"{MARK}{outbox_id.hex()}",
            },
        }
        path = f"{self._graph.page_id}/messages"
        await self._graph.upload(path, content, file=file, name=name)

    async def send_raw(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Post one payload to the Send API."""
        typed = {"messaging_type": "RESPONSE", **payload}
        return await self._graph.post(f"{self._graph.page_id}/messages", typed)

    async def move_thread(self, psid: str, edge: str, **more: str) -> None:
        """Change who holds a person's thread; where that can't be, nothing else suffers.

        Raises:
            GraphError: As `deliver` does; ThreadNotMoved where Messenger refuses this one thing.
        """
        try:
            await self._graph.post(
                f"{self._graph.page_id}/{edge}", {"recipient": {"id": psid}, **more}
            )
        except (PageTrouble, PersonUnreachable) as refused:
            # Such as a Page without an inbox: what it says must go on leaving.
            raise ThreadNotMoved(**refused.facts) from None

    async def unsubscribe(self, psid: str) -> None:
        """Tell Meta that a person is to get none of its marketing messages.

        Raises:
            StopNotForwarded: Whatever went wrong, it says nothing of the Page and of the person.
        """
        aside = copy(self._graph)  # what the answer tells of usage is not the Page's either
        path = f"{aside.page_id}/messaging_customer_base/unsubscribe"
        try:
            async with asyncio.timeout(_ASIDE_S):
                await aside.post(path, {"data": [{"psid": psid}]})
        except (GraphError, TimeoutError) as trouble:
            facts = trouble.facts if isinstance(trouble, GraphError) else {}
            raise StopNotForwarded(**{**facts, "cause": type(trouble).__name__}) from None
