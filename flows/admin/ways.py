"""What every answer to an admin is made of: facts that were found, and buttons for commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.admin.line import COMMAND
from flows.kit.found import Found
from flows.kit.reply import Choice

if TYPE_CHECKING:
    from flows.kit.turn import Turn


def found_in(turn: Turn) -> Found:
    """Return what was found for this turn."""
    came = turn.event.input
    return came if isinstance(came, Found) else Found("")


def command_choice(title: str, line: str) -> Choice:
    """Offer a command as a quick reply."""
    return Choice(title, COMMAND + line)


def command_choices(*lines: str) -> tuple[Choice, ...]:
    """Offer commands under their own names."""
    return tuple(command_choice(line, line) for line in lines)
