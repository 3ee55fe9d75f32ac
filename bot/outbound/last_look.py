"""Why a message that was claimed may not leave any more, asked right before its call."""

from bot.outbound.errors import Expired, GraphError, OutsideWindow, Unwanted
from bot.outbound.forwarding import FORWARD_STOP
from storage import ClaimedMessage


def too_late(message: ClaimedMessage, now_ms: int) -> GraphError | None:
    """Return why a message may not leave any more, checked at the last moment."""
    if message.bar is not None:
        return Unwanted(bar=message.bar)
    if message.window_ends_at_ms <= now_ms and message.body != FORWARD_STOP:
        return OutsideWindow()
    if message.expires_at_ms <= now_ms:
        return Expired()
    return None
