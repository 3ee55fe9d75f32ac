"""One Page's line to Messenger; the only file that imports pymessenger.

pymessenger knows the payloads of the Send API. Its own `send_raw` blocks, has no time limit and
ignores what is answered, so this one is awaited: all of pymessenger's helpers end in
`return self.send_raw(payload)`, so each of them can be awaited too.
"""

from typing import Any

from pymessenger.bot import Bot

from bot.outbound.errors import PageTrouble, PersonUnreachable, ThreadNotMoved
from bot.outbound.graph import Graph

#: What stands before our outbox id in `message.metadata`, which echoes bring back.
MARK = "out:"


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
