"""The people of a Page whose bot ends: a last message where the chat is open, then erasure."""

from collections.abc import Collection

from bot.logs import Action, action
from bot.outbound.doubt import RESENDS
from bot.outbound.lanes import lane_by_duty
from bot.outbound.render import render
from bot.settings import Settings
from bot.site import sites
from bot.turns.state import to_time
from flows.farewell import farewell
from flows.kit.reply import Reply
from storage import KnownPerson, NewMessage, PersonId, Store, Transaction
from storage.admin_acts import AdminAct
from storage.erasure import order_erasure

#: In one transaction.
AT_ONCE = 100


class Leaving:
    """Orders the erasure of everybody of a Page, some at a time."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        self._sites = sites(settings)

    async def erase_some(self, tx: Transaction, page_id: str, *, now_ms: int) -> int:
        """Order some erasures, and count them; return how many."""
        store = self._store
        who = await store.retirements.list_people(tx, page_id, limit=AT_ONCE)
        if not who:
            return 0
        await self._note_admins(tx, who, now_ms)
        requests = await store.retirements.count_requests(tx, who)
        open_ = await self._open(tx, who, now_ms)
        for person in open_:
            await self._part(tx, person, now_ms)
        told = {person.person_id for person in open_}
        await store.erasure.begin(tx, [one for one in who if one not in told], now_ms=now_ms)
        await store.retirements.note_erased(
            tx, page_id, people=len(who), told=len(told), requests=requests
        )
        return len(who)

    async def _open(
        self, tx: Transaction, who: Collection[PersonId], now_ms: int
    ) -> list[KnownPerson]:
        """Return those of them who can be told; whoever's last word was STOP hears nothing."""
        known = await self._store.people.get_all(tx, list(who))
        standing = await self._store.consents.find(tx, list(known))
        return [
            person
            for person_id, person in known.items()
            if person.page_id in self._sites
            and lane_by_duty(person, standing[person_id], has_mail=False, now_ms=now_ms).way
            == "window"
        ]

    async def _part(self, tx: Transaction, person: KnownPerson, now_ms: int) -> None:
        """Tell somebody, with the receipt of their erasure, which waits for that message."""
        number = await order_erasure(tx, self._store.receipts, person.person_id, now_ms=now_ms)
        site = self._sites[person.page_id]
        language = person.language or site.default_language
        text = farewell(language, site, number=number, at=to_time(now_ms))
        message = NewMessage(
            person_id=person.person_id,
            page_id=person.page_id,
            key=person.key,
            body=render(Reply(text)),
            kind="answer",
            due_at_ms=now_ms,
            expires_at_ms=person.window_ends_at_ms,
            resends_left=RESENDS["answer"],
        )
        await self._store.outbox.add(tx, [message])

    async def _note_admins(self, tx: Transaction, who: Collection[PersonId], now_ms: int) -> None:
        """Note which admins go with the Page; alarm where no owner is left."""
        admins = await self._store.admins.list_all(tx)
        gone = [admin for admin in admins if admin.person_id in who]
        for admin in gone:
            line = AdminAct(admin.name, admin.role, "erased", admin.name, "", now_ms)
            self._store.admin_acts.note(tx, line)
        owners = [admin for admin in admins if admin.role == "owner"]
        if owners and all(admin in gone for admin in owners):
            action(Action.OWNERS_GONE)
