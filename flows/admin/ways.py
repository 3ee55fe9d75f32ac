"""What every answer to an admin is made of: facts that were found, and buttons for commands."""

from __future__ import annotations

from flows.admin.line import COMMAND
from flows.kit.reply import Choice


def command_choice(title: str, line: str) -> Choice:
    """Offer a command as a quick reply."""
    return Choice(title, COMMAND + line)


def command_choices(*lines: str) -> tuple[Choice, ...]:
    """Offer commands under their own names."""
    return tuple(command_choice(line, line) for line in lines)
