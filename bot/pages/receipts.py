"""Numbers by which people look up whether their data is erased."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from storage.tellings import Told

#: Longer than any number that is handed out.
_NUMBER: Final = re.compile(r"[A-Z0-9]{1,40}")


class Receipts(Protocol):
    """Knows what became of requests to erase. Numbers come in capitals, without dashes."""

    async def status(self, code: str) -> str | None:
        """Return "ordered" or "done" for a receipt, "callback" for Meta's, None for no other.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def told(self, code: str) -> Sequence[Told]:
        """Return how far each other recipient of the data was told, for a receipt.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def proof(self, code: str) -> bytes | None:
        """Return a receipt's proof as a file; None where there is none.

        Raises:
            StorageError: It cannot be looked up now.
        """

    async def note_callback(self, code: str) -> None:
        """Remember the code of a request that came from Meta; noting it twice changes nothing.

        Raises:
            StorageError: It is not remembered.
        """


def as_handed_out(typed: str) -> str | None:
    """Return a number in capitals and without dashes; None for what can be no number."""
    if not typed.isascii():  # some foreign letters have plain ones for capitals
        return None
    number = typed.replace("-", "").upper()
    return number if _NUMBER.fullmatch(number) else None


def rows_of(told: Iterable[Told]) -> list[tuple[str, str, str]]:
    """Return name, state and day of each, as the page tells them."""
    return [(one.recipient, one.state, _day_of(one.since_ms)) for one in told]


def _day_of(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()
