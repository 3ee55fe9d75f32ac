"""Tells admins what stands: in the chat while it is open, else by e-mail, else once they write.

Each stage of each alert is told once to each admin. Where no way is open nothing is noted, so the
next look tells it: within seconds of their writing.
"""

from dataclasses import dataclass, field

from bot.alerts.wording import SUBJECT, is_for, text_of
from bot.clock import Clock
from bot.outbound.doubt import RESENDS
from bot.outbound.lanes import Lane, lane_of_admin
from bot.outbound.notices import MAIL_LASTS_MS
from bot.outbound.render import render
from flows.kit.reply import Reply
from storage import KnownPerson, NewMessage, Store, Transaction
from storage.alerts import Alert
from storage.mails import Letter, NewMail


@dataclass(frozen=True, slots=True)
class _Telling:
    """One alert for one admin, and the way it takes."""

    alert: Alert
    person: KnownPerson
    lane: Lane
    email: str | None = field(repr=False)


class Herald:
    """Chooses the lane of each alert for each admin, and queues it there."""

    def __init__(self, store: Store, clock: Clock, *, sends_mail: bool) -> None:
        self._store = store
        self._clock = clock
        self._sends_mail = sends_mail

    async def tell_due(self) -> int:
        """Tell what is due and can be told now; return how many messages and mails that made."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._tellings(tx, now_ms):
                return 0
        async with self._store.write(is_quick=True) as tx:
            # Looked at again: in between somebody may have been revoked, or told by another node.
            tellings = await self._tellings(tx, now_ms)
            return sum([await self._tell(tx, one, now_ms) for one in tellings])

    async def _tellings(self, tx: Transaction, now_ms: int) -> list[_Telling]:
        """Return who can be told of what, and how."""
        due = await self._store.alerts.list_due(tx, now_ms=now_ms)
        if not due:
            return []
        told = await self._store.alerts.list_told(tx, [alert.alert_id for alert in due])
        found = []
        for admin in await self._store.admins.list_all(tx):
            who = admin.person_id
            untold = [a for a in due if is_for(a, admin.role) and (a.alert_id, who) not in told]
            person = await self._store.people.get(tx, who) if untold else None
            if person is None or not person.key:
                continue
            email = await self._email_of(tx, person)
            standing = (await self._store.consents.find(tx, [who]))[who]
            lane = lane_of_admin(person, standing, has_mail=email is not None, now_ms=now_ms)
            if lane.way in ("window", "email"):
                found += [_Telling(alert, person, lane, email) for alert in untold]
        return found

    async def _email_of(self, tx: Transaction, person: KnownPerson) -> str | None:
        if not self._sends_mail:
            return None
        return await self._store.details.verified_email(tx, person.person_id, person.key)

    async def _tell(self, tx: Transaction, one: _Telling, now_ms: int) -> bool:
        who, way = one.person.person_id, one.lane.way
        if not await self._store.alerts.note_told(tx, one.alert, who, lane=way, now_ms=now_ms):
            return False
        if way == "window":
            await self._store.outbox.add(tx, [_message(one, now_ms)])
        elif one.email is not None:
            await self._store.mails.add(tx, _mail(one, one.email, now_ms))
        return True


def _message(one: _Telling, now_ms: int) -> NewMessage:
    return NewMessage(
        person_id=one.person.person_id,
        page_id=one.person.page_id,
        key=one.person.key,
        body=render(Reply(text_of(one.alert))),
        kind="notice",
        due_at_ms=now_ms,
        expires_at_ms=one.person.window_ends_at_ms,
        resends_left=RESENDS["notice"],
    )


def _mail(one: _Telling, email: str, now_ms: int) -> NewMail:
    return NewMail(
        person_id=one.person.person_id,
        key=one.person.key,
        letter=Letter(to=email, subject=SUBJECT, text=text_of(one.alert) + "\n"),
        due_at_ms=now_ms,
        expires_at_ms=now_ms + MAIL_LASTS_MS,
    )
