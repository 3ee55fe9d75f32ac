"""How old somebody must be for news: whether it is known, and what is said to the young."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.reply import Say
from flows.kit.texts import _
from flows.ways import notice_button

if TYPE_CHECKING:
    from flows.kit.turn import Turn


def is_too_young(turn: Turn) -> bool:
    """Whether the person said before that they are below the age."""
    memory, least = turn.person.memory, turn.site.minimum_age
    return least > 0 and memory.age_ok is False and memory.age_asked <= least


def is_age_unknown(turn: Turn) -> bool:
    """Whether the age has to be asked: once, and anew where another age counts now."""
    memory, least = turn.person.memory, turn.site.minimum_age
    if least == 0 or is_too_young(turn):
        return False
    return not memory.age_ok or memory.age_asked < least


def too_young_for_news(turn: Turn) -> Say:
    """Say why no consent is asked, and how a slip is corrected."""
    text = turn.tell(
        _(
            "Then we send you no news: it is for people aged {minimum_age} and over. You can "
            "write to us here all the same. Was that a slip? {controller} can correct it: the "
            "full notice says how."
        )
    )
    return Say(text, buttons=notice_button(turn))
