"""What an admin typed: forgiving of capitals, spaces, quotes, emoji and length."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flows.kit.turn import Said, Tapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.kit.turn import Event

#: What the payload of a button begins with that stands for a command: "cmd:/audit".
COMMAND: Final = "cmd:"
#: Messenger takes no more from a person.
MAX_LINE_CHARS: Final = 2_000
_OPENING: Final = {
    '"': '"',
    "'": "'",
    "\u201c": "\u201d",
    "\u201e": "\u201c",
    "\u00ab": "\u00bb",
    "\u2018": "\u2019",
}
#: What else looks like a slash: full width, fraction, division.
_SLASHES: Final = str.maketrans(dict.fromkeys("\uff0f\u2044\u2215", "/"))
_UNSEEN: Final = ("Cf", "Cc")
#: An answer to a person has lines.
_NEW_LINE: Final = "\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A command in its parts."""

    #: The first word, in small letters, without its slash.
    name: str
    #: The others; what stood in quotes is one.
    args: tuple[str, ...] = field(default=(), repr=False)
    #: Everything behind the name as it was typed, with its lines.
    rest: str = field(default="", repr=False)


def command_in(event: Event) -> str:
    """Return the command that an event may be; empty where it is none."""
    if event.is_no_command or event.is_standby:
        return ""
    came = event.input
    if isinstance(came, Tapped) and came.payload.startswith(COMMAND):
        return came.payload.removeprefix(COMMAND)
    return came.text if isinstance(came, Said) and parse(came.text) else ""


def parse(typed: str) -> Line | None:
    """Take a command apart; None where it is none, for it does not begin with a slash."""
    text = _plain(typed[:MAX_LINE_CHARS])
    if not text.startswith("/"):
        return None
    first, rest = [*text[1:].split(None, 1), "", ""][:2]
    name = "".join(char for char in first.casefold() if char.isalnum())
    if not name:
        return None
    return Line(name, tuple(_words(rest.replace(_NEW_LINE, " "))), rest.strip())


def _plain(typed: str) -> str:
    """Make every space in a line a plain one; what nobody sees, and quotes around it all, go."""
    spaced = (_space(char) for char in typed.translate(_SLASHES))
    seen = (
        char for char in spaced if char == _NEW_LINE or unicodedata.category(char) not in _UNSEEN
    )
    text = "".join(seen).strip()
    end = _OPENING.get(text[:1])
    return text[1:-1].strip() if end and len(text) > 1 and text.endswith(end) else text


def _space(char: str) -> str:
    if char == _NEW_LINE or not char.isspace():
        return char
    return " "


def _words(text: str) -> Iterator[str]:
    """Cut at spaces, but not between quotes; a quote that is never closed is a letter."""
    text = text.strip()
    while text:
        end = text.find(_OPENING[text[0]], 1) if text[0] in _OPENING else -1
        if end > 0:
            word, text = text[1:end], text[end + 1 :]
        else:
            word, _, text = text.partition(" ")
        if word := word.strip():
            yield word
        text = text.strip()
