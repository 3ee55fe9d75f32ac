"""/status: how the bot is, in numbers that are about nobody."""

from dataclasses import dataclass

from bot.admins.command import Ask, Look
from bot.alerts.wording import text_of
from bot.clock import clock_time
from bot.policy.publishing import Publisher
from flows.kit.found import Found
from storage import Store, Transaction
from storage.holds import HeldPage
from storage.pending_acts import PendingAct


@dataclass(frozen=True, slots=True)
class Status(Look):
    """Tells what waits and what is paused."""

    store: Store
    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Look at the queues and the Pages."""
        store = self.store
        end = await store.sign_ins.session_end(tx, ask.person.person_id, now_ms=ask.now_ms)
        inbox, outbox = await store.inbox.backlog(tx), await store.outbox.backlog(tx)
        parked = await store.inbox.list_parked(tx)
        held = await store.holds.list_all(tx)
        paused = await store.pages.list_paused(tx, now_ms=ask.now_ms)
        told = {
            "You": f"{ask.admin.name}, {ask.admin.role}",
            "Signed in": f"until {clock_time(end)}" if end else "no",
            "Messages waiting to be handled": str(inbox.count),
            "Messages waiting to leave": str(outbox.count),
            "Messages given up on": str(len(parked)),
            "Notice": await self.publisher.standing(tx),
            "Pages that cannot send": ", ".join(f"{one.page_id} ({one.reason})" for one in paused)
            or "none",
            "Pages paused by an admin": ", ".join(_held(one) for one in held) or "none",
        }
        waiting = await store.pending_acts.list_waiting(tx, now_ms=ask.now_ms)
        told["Acts that wait"] = ", ".join([await self._told(tx, one) for one in waiting]) or "none"
        alerts = await store.alerts.list_due(tx, now_ms=ask.now_ms)
        told["Alerts"] = "\n".join(text_of(one) for one in alerts) or "none"
        return Found("/status", rows=tuple({"what": w, "value": v} for w, v in told.items()))

    async def _told(self, tx: Transaction, act: PendingAct) -> str:
        admin = await self.store.admins.of(tx, act.person_id)
        by = admin.name if admin else "nobody"
        return f"{act.act_id} ({act.command}, by {by})"


def _held(page: HeldPage) -> str:
    since = clock_time(page.since_ms)
    return f"{page.page_id} (by A-{page.by} since {since}; {page.waiting} messages wait)"
