"""Which messages are known to have arrived: by Messenger's answer or by their echo.

Both come, within moments of each other, and both say the same. Whichever is committed first ends
the message; the other need not be written, so it costs no turn to write.
"""

from collections.abc import Iterable
from typing import Final

from storage import OutboxId

#: Echoes come within seconds: what is forgotten here is only written once more.
_MOST: Final = 5_000


class Ended:
    """Remembers the last messages whose arrival this process has committed."""

    def __init__(self) -> None:
        self._ids: dict[OutboxId, None] = {}

    def __contains__(self, message: OutboxId | None) -> bool:
        """Tell whether a message's arrival is committed."""
        return message in self._ids

    def note(self, messages: Iterable[OutboxId]) -> None:
        """Take in messages whose arrival is committed now, and not before."""
        self._ids |= dict.fromkeys(messages)
        while len(self._ids) > _MOST:
            del self._ids[next(iter(self._ids))]
