"""What an error of Messenger's means for somebody's part of a broadcast."""

from typing import Final

from bot.outbound.errors import (
    Expired,
    GraphError,
    HeldElsewhere,
    OutsideWindow,
    PersonUnreachable,
    Unwanted,
)
from storage.broadcasts.records import Outcome

#: A broadcast that can't be pushed into the chat now is offered when its person next writes.
WAITS_FOR_CONTACT: Final[tuple[Outcome, ...]] = ("window closed", "held by a human")


def came_to(error: GraphError) -> Outcome:
    """Return what an error means for a delivery."""
    match error:
        case Unwanted():
            return error.bar
        case OutsideWindow():
            return "window closed"
        case HeldElsewhere():
            return "held by a human"
        case Expired():
            return "expired"
        case PersonUnreachable():
            return "unreachable"
    return "refused"
