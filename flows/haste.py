"""How often one person is answered within a minute, and what is said to whoever writes more often.

STOP, DELETE ME and the word that confirms it are never counted: they work in any flood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.admin.line import command_in, parse
from flows.hearing import hear
from flows.kit.reply import Reply
from flows.kit.texts import _, translate
from flows.kit.turn import Arrived, Said, Showed, Tapped
from flows.registry import FLOWS
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
#: The first word of every command there is: made-up ones are talk like any other.
_COMMANDS: Final = frozenset(
    what.split()[0].removeprefix(_COMMAND)
    for flow in FLOWS
    for what in flow.finds
    if what.startswith(_COMMAND)
)
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
    heard = hear(event, language)
    if heard.word in _NEVER or heard.merely_contains_stop:
        return None
    line = parse(command_in(event))
    if line is not None and line.name in _COMMANDS:
        return _COMMAND + line.name
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
