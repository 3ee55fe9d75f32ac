"""Who has just stopped, where Meta is to be told of that too."""

from collections.abc import Iterable, Mapping

from bot.outbound.forwarding import FORWARD_MS, FORWARD_STOP
from bot.turns.conversation import Conversation, Rules
from bot.turns.rescue import Rescued
from bot.turns.speech import queued
from storage import NewMessage


def forwarded(
    everyone: Iterable[Conversation | Rescued], rules: Mapping[str, Rules], *, now_ms: int
) -> list[NewMessage]:
    """Return what tells Meta, to be queued behind everything that is said to these people."""
    return [
        queued(one.person, FORWARD_STOP, now_ms, now_ms + FORWARD_MS)
        for one in everyone
        if one.acts.has_stopped and one.person.key and rules[one.person.page_id].forwards_stop
    ]
