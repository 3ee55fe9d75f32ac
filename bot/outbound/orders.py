"""Outbox rows that are no message: what is to be done when their turn comes.

They wait, are claimed and are tried again as messages are, in order with them, and go when somebody
is erased. What they lead to is made only then and is never kept: a file of a person's data, the
reading of a file that a person sent, another holder of the thread, word to Meta of a STOP.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.outbound.messenger import Messenger
from storage import ClaimedMessage

#: Under this name an outbox row says what it is.
ORDER: Final = "order"
#: Make the file of the person's data and send it.
EXPORT: Final = "export"
#: Fetch the file at `url` and bring back what is in it.
READ: Final = "read"
FILE_NAME: Final = "my-data.html"

#: Does what an order says; raises a GraphError as a call to Messenger does.
CarryOut = Callable[[ClaimedMessage, Mapping[str, str], Messenger], Awaitable[None]]
