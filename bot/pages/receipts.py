"""Numbers by which people look up whether their data is erased."""

import re
from typing import Final, Protocol

#: Longer than any number that is handed out.
_NUMBER: Final = re.compile(r"[A-Z0-9]{1,40}")


class Receipts(Protocol):
    """Knows what became of requests to erase. Numbers come in capitals, without dashes."""

    async def status(self, code: str) -> str | None:
        """Return "ordered" or "done" for a receipt, "callback" for Meta's, None for no other.

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
