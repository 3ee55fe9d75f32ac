"""Ends the process once other nodes take it for dead: it could send what they have sent."""

import asyncio

from storage.nodes import Node

_EVERY_S = 2.0


class Membership:
    """Confirms this node's place again and again."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Confirm until stopped.

        Raises:
            PlaceLost: The place is lost, so this process must not go on.
        """
        while not self._stopping.is_set():
            await self._node.confirm()
            try:
                async with asyncio.timeout(_EVERY_S):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    def stop(self) -> None:
        """Confirm no more."""
        self._stopping.set()
