"""Whether a broadcast may go on: somebody answers for it, and it is no larger than was agreed to.

Both can change after it was let go. An admin is revoked, an audience grows; then it waits, and
whoever lets it go on answers for it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from storage import Store, Transaction
from storage.admins import Role
from storage.broadcasts.records import Broadcast

#: Who may send to many.
SENDERS: Final[tuple[Role, ...]] = ("owner", "sender")
NOBODY: Final = "its author may not send any more"
GROWN: Final = "it takes two"
#: What the short reason means, for whoever is told.
MORE: Final = {GROWN: "it takes two admins: more people would get it now than one may send to"}


@dataclass(frozen=True, slots=True)
class Leave:
    """Tells what has to wait.

    Args:
        store: Where broadcasts and admins are kept.
        two_above: One admin alone sends to no more people than this.
    """

    store: Store
    two_above: int

    async def list_senders(self, tx: Transaction) -> frozenset[str]:
        """Return who may send now."""
        admins = await self.store.admins.list_all(tx)
        return frozenset(one.name for one in admins if one.role in SENDERS)

    async def is_large(self, tx: Transaction, broadcast: Broadcast) -> bool:
        """Tell whether a broadcast would reach more people than one admin may send to."""
        what = broadcast.what
        return await self.store.audience.gets_above(
            tx, page_id=what.page_id, purpose_id=what.purpose_id, count=self.two_above
        )

    async def has_grown(self, tx: Transaction, broadcast: Broadcast) -> bool:
        """Tell whether a broadcast that one admin let go is too large for that by now."""
        return not broadcast.is_for_many and await self.is_large(tx, broadcast)

    async def take_over(self, tx: Transaction, broadcast: Broadcast, by: str) -> None:
        """Let somebody answer for a broadcast for which nobody does any more."""
        if is_nobodys(broadcast, await self.list_senders(tx)):
            await self.store.broadcasts.set_author(tx, broadcast.number, by)


def is_nobodys(broadcast: Broadcast, senders: Collection[str]) -> bool:
    """Tell whether the admin who answers for a broadcast may not send any more.

    What was set up on the server is answered for by whoever holds it.
    """
    made_by = broadcast.what.made_by
    return made_by.startswith("A-") and made_by not in senders
