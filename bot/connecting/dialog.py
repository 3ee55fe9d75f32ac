"""How connecting speaks with whoever sits at the terminal, or with a script."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialog:
    """Says and asks; what is asked hidden is not shown while it is typed."""

    tell: Callable[[str], None]
    ask: Callable[[str], str]
    ask_hidden: Callable[[str], str]
