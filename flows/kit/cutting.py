"""Fits long texts into what Messenger takes, counted as Messenger may count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.kit.reply import length_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def cut(text: str, limit: int) -> str:
    """Shorten a text to a limit, with an ellipsis where something is left out."""
    if length_of(text) <= limit:
        return text
    return text[: _room(text, limit - 1)].rstrip() + "…"


def pieces(text: str, limit: int) -> Iterator[str]:
    """Split a text into pieces within a limit, at a line or a word where there is one."""
    rest = text.strip()
    while length_of(rest) > limit:
        room = _room(rest, limit)
        at = max(rest.rfind("\n", 0, room + 1), 0) or max(rest.rfind(" ", 0, room + 1), 0) or room
        yield rest[:at].rstrip()
        rest = rest[at:].lstrip()
    yield rest


def _room(text: str, limit: int) -> int:
    """Count the characters from the start that fit into a limit."""
    used = 0
    for count, char in enumerate(text):
        used += length_of(char)
        if used > limit:
            return count
    return len(text)
