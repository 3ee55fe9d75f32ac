"""A STOP is passed on to Meta too, from the outbox, behind what the person is told of it.

It is for organisations that also use Meta's paid marketing messages: who stops here is to be opted
out there. Such a row says nothing to the person. Whatever becomes of its call concerns that row
alone: it is never tried again, since the person's later answers would wait behind it.
Source: Meta, "Marketing Messages on Messenger", changelog of 2026-06-11.
"""

from collections.abc import Mapping
from typing import Final

from bot.outbound.messenger import Messenger
from bot.outbound.orders import CarryOut
from storage import ClaimedMessage

#: Tell Meta that this person is to get no marketing messages of the Page any more.
FORWARD_STOP: Final = b'{"order":"forward_stop"}'
#: So long a row waits for a Page that rests. No window has to be open: it is no message.
FORWARD_MS: Final = 86_400_000


async def _forward_stop(
    message: ClaimedMessage, _order: Mapping[str, str], messenger: Messenger
) -> None:
    await messenger.unsubscribe(message.psid)


#: The order of this file, by the name a row gives.
FORWARD_ORDERS: Final[dict[str, CarryOut]] = {"forward_stop": _forward_stop}
