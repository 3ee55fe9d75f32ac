"""What is wrong with the settings, told all at once and without showing a single value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from bot.errors import BotError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one key."""

    #: The key with dots, such as "messenger.app_secret" or "pages.0.id".
    key: str
    #: What was found, in shape only: "nothing", "a text of 12 characters".
    found: str
    #: What the operator should do.
    mend: str


class SettingsFaults(BotError):
    """The settings cannot be used."""

    advice = "Mend every line above; `chatmagico check` tells whether all is well."

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return one line per fault."""
        lines = (f"  {fault.key}: found {fault.found}. {fault.mend}" for fault in self.faults)
        return "\n".join([super().__str__(), *lines])


def shape_of(value: object) -> str:
    """Describe a value without repeating any of it."""
    if isinstance(value, SecretStr):
        return shape_of(value.get_secret_value())
    if isinstance(value, str):
        return f"a text of {len(value)} characters" if value else "an empty text"
    if isinstance(value, Mapping):
        return f"a table of {len(value)} keys"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return _plain_shape(value)


def _plain_shape(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float) else "a date or time"
