"""Who holds a thread is changed from the outbox too, in order with what is said.

Such a row says nothing to the person. Where Messenger refuses it, only that row is dropped: the
Page goes on, and so does the bot in this thread.
"""

from collections.abc import Mapping
from typing import Final

from bot.outbound.messenger import Messenger
from bot.outbound.orders import CarryOut
from storage import ClaimedMessage

#: The Page's inbox, as Meta numbers it for everybody.
INBOX_APP_ID: Final = "263902037430900"

#: So long a human keeps a thread that the bot gave them; Meta's own control lapses then too.
HAND_OVER_MS: Final = 86_400_000
#: Give the thread to the humans in the Page's inbox; the bot is quiet from then on.
HAND_OVER: Final = b'{"order":"hand_over"}'
#: Take the thread for an answer that is due whoever holds it.
TAKE_BACK: Final = b'{"order":"take_back"}'


def moves_thread(body: bytes) -> bool:
    """Tell whether an outbox row moves a thread, instead of saying something."""
    return body in {HAND_OVER, TAKE_BACK}


async def _hand_over(
    message: ClaimedMessage, _order: Mapping[str, str], messenger: Messenger
) -> None:
    await messenger.move_thread(message.psid, "pass_thread_control", target_app_id=INBOX_APP_ID)


async def _take_back(
    message: ClaimedMessage, _order: Mapping[str, str], messenger: Messenger
) -> None:
    await messenger.move_thread(message.psid, "take_thread_control")


#: The orders of this file, by the name a row gives.
THREAD_ORDERS: Final[dict[str, CarryOut]] = {"hand_over": _hand_over, "take_back": _take_back}
