"""Numbers that people read and type: letters and digits that nobody mistakes for each other."""

import secrets
from typing import Final

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUP: Final = 4


def random_letters(count: int) -> str:
    """Return letters that nobody guesses, of 5 random bits each."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def in_groups(letters: str) -> str:
    """Write letters in groups of four, such as "7KQ2-M4XD-9TRA"."""
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
