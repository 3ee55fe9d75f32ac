"""Answers the pages of one's own data: each link gives out one file, or takes one in."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from bot.clock import Clock
from bot.exports.maker import Maker
from storage import Store

_USE: Final = "export"
#: As many as are made at once: whoever taps a link a thousand times keeps nobody else waiting.
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Handing:
    """Hands files out."""

    store: Store
    clock: Clock
    maker: Maker
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def is_open(self, token: str) -> bool:
        """Tell whether a link still gives out a file; looking spends nothing."""
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, _USE)
        return link is not None and link.is_open(self.clock.now_ms())

    async def hand_out(self, token: str) -> bytearray | None:
        """Return the file and spend its link; None where another was faster, or nobody is left."""
        async with self._turns:
            return await self._hand_out(token)

    async def _hand_out(self, token: str) -> bytearray | None:
        async with self.store.read(is_quick=True) as tx:
            link = await self.store.links.look(tx, token, _USE)
        if link is None or not link.is_open(self.clock.now_ms()):
            return None
        file = await self.maker.make(link.person_id)
        if file is None:
            return None
        async with self.store.write(is_quick=True) as tx:
            # Somebody may have asked for erasure meanwhile: then nothing goes out any more.
            person = await self.store.people.get(tx, link.person_id)
            is_mine = await self.store.links.spend(tx, token, _USE, now_ms=self.clock.now_ms())
        return file if is_mine and person is not None else None
