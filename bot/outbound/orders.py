"""Outbox rows that are no message yet: what is to be done when their turn comes.

They wait, are claimed and are tried again as messages are, in order with them, and go when somebody
is erased. What they lead to is made only then and is never kept: a file of a person's data, or the
reading of a file that a person sent.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from bot.outbound.messenger import Messenger
from storage import ClaimedMessage

#: Under this name an outbox row says what it is.
ORDER: Final = "order"
#: Make the file of the person's data and send it.
EXPORT: Final = "export"
#: Fetch the file at `url` and bring back what is in it.
READ: Final = "read"
FILE_NAME: Final = "my-data.html"


class Orders(Protocol):
    """Carries out what is no message."""

    async def carry_out(
        self, message: ClaimedMessage, order: Mapping[str, str], messenger: Messenger
    ) -> None:
        """Do what an order says.

        Raises:
            GraphError: As a call to Messenger does, by what is to be done about it.
        """
