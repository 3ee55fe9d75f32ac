"""Tells whoever wrote a broadcast that it is over, or in trouble."""

from dataclasses import dataclass

from bot.broadcasts.leave import SENDERS
from bot.broadcasts.reporting import report_of
from bot.outbound.notices import Notices
from storage import Store, Transaction


@dataclass(frozen=True, slots=True)
class Author:
    """Finds the admin who wrote a broadcast and queues a message for them."""

    store: Store
    notices: Notices

    async def tell(self, tx: Transaction, number: int, what: str, *, now_ms: int) -> None:
        """Tell its author, or the owners where that one sends no more, and how far it is."""
        broadcast = await self.store.broadcasts.get(tx, number)
        if broadcast is None or not broadcast.what.made_by.startswith("A-"):
            return
        admins = await self.store.admins.list_all(tx)
        made_by = broadcast.what.made_by
        authors = [one for one in admins if one.name == made_by and one.role in SENDERS]
        report = await report_of(tx, self.store, broadcast)
        text = (
            f"Broadcast {number}, {broadcast.what.title}: {what}. Sent: {report.of('sent')} of "
            f"{report.audience}. /broadcasts report {number} tells the rest."
        )
        for admin in authors or [one for one in admins if one.role == "owner"]:
            person = await self.store.people.get(tx, admin.person_id)
            if person is not None and person.key:
                await self.notices.tell_admin(tx, person, text, now_ms=now_ms)
