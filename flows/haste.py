"""How often one person is answered within a minute, and what is said to whoever writes more often.

STOP, DELETE ME and the word that confirms it are never counted: they work in any flood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.hearing import hear
from flows.kit.reply import Reply
from flows.kit.texts import _, translate
from flows.kit.turn import Arrived, Said, Showed, Tapped
from flows.rights_words import DELETE_ME, RIGHTS
from flows.words import STOP, as_shown

if TYPE_CHECKING:
    from flows.kit.turn import Event, Site

#: Everything that is no right and no command is counted together.
CHAT: Final = "chat"
_CHAT_PER_MINUTE: Final = 30
#: Of each right: more than anybody needs, and no flood.
_RIGHT_PER_MINUTE: Final = 60
#: Of each command.
_COMMAND_PER_MINUTE: Final = 20
_COMMAND: Final = "/"
#: A command that nobody has can be of any length; what is counted is short.
_MOST_CHARS: Final = 20
_ACTS: Final = (Said, Tapped, Showed, Arrived)
_NEVER: Final = frozenset({STOP, DELETE_ME})
_RIGHTS: Final = frozenset(RIGHTS)

SLOW_DOWN = _(
    "Please slow down: for a minute there is no answer here. Write again after that. "
    "STOP and {delete_me} work at any time."
)


def counted_as(event: Event, language: str) -> str | None:
    """Return as what an act of the person is counted; None for what is always answered."""
    if event.is_standby or not isinstance(event.input, _ACTS):
        return None
    if isinstance(event.input, Said) and event.input.text.lstrip().startswith(_COMMAND):
        return event.input.text.split()[0].casefold()[:_MOST_CHARS]
    heard = hear(event, language)
    if heard.word in _NEVER or heard.merely_contains_stop:
        return None
    return heard.word if heard.word in _RIGHTS else CHAT


def most_per_minute(counted: str) -> int:
    """Return how many of these are answered within a minute."""
    if counted.startswith(_COMMAND):
        return _COMMAND_PER_MINUTE
    return _RIGHT_PER_MINUTE if counted in _RIGHTS else _CHAT_PER_MINUTE


def slow_down(site: Site, language: str | None) -> Reply:
    """Return the one bubble for whoever writes too often."""
    spoken = language or site.default_language
    text = translate(spoken, SLOW_DOWN)
    return Reply(text.format(delete_me=as_shown(DELETE_ME, spoken)))
