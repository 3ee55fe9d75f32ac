"""A group of commands, whose help shows whole sentences."""

from typing import Any, Final

import typer
from typer.core import TyperGroup

#: Longer than any sentence: the list wraps it, where it would else end in the middle.
_WHOLE_CHARS: Final = 500


class Group(TyperGroup):
    """Lists its commands with their first sentence, however long it is."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list for `--help`."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, one.get_short_help_str(_WHOLE_CHARS)) for name, one in found if one]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def group() -> typer.Typer:
    """Return a group for commands to be added to."""
    return typer.Typer(cls=Group, no_args_is_help=True)
