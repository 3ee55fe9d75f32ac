"""Tells whoever wrote a broadcast that it is over, or in trouble."""

from dataclasses import dataclass

from bot.broadcasts.reporting import report_of
from bot.outbound.notices import Notices
from storage import Store, Transaction


@dataclass(frozen=True, slots=True)
class Author:
    """Finds the admin who wrote a broadcast and queues a message for them."""

    store: Store
    notices: Notices

    async def tell(self, tx: Transaction, number: int, what: str, *, now_ms: int) -> None:
        """Tell what happened, and how many it reached so far; nobody where they are no admin."""
        broadcast = await self.store.broadcasts.get(tx, number)
        digits = broadcast.what.made_by.removeprefix("A-") if broadcast else ""
        if broadcast is None or not digits.isdecimal():
            return
        admin = await self.store.admins.numbered(tx, int(digits))
        person = await self.store.people.get(tx, admin.person_id) if admin else None
        if person is None or not person.key:
            return
        report = await report_of(tx, self.store, broadcast)
        text = (
            f"Broadcast {number}, {broadcast.what.title}: {what}. Sent: {report.of('sent')} of "
            f"{report.audience}. /broadcasts report {number} tells the rest."
        )
        await self.notices.tell_admin(tx, person, text, now_ms=now_ms)
