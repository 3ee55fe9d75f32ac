"""Tells people of a breach: each by one lane, in the language they are spoken to.

Whom to tell is chosen in portions. A portion's notices and messages are committed together, so a
kill at any point skips nobody and tells nobody twice; what is in doubt is resent as notices are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.breaches.handing import chat_message
from bot.clock import Clock
from bot.outbound.lanes import Lane, lane_by_duty
from bot.outbound.notices import MAIL_LASTS_MS
from bot.settings import Settings
from flows.notices import mail_subject, mail_text
from storage import Consents, KnownPerson, PersonId, Store, Transaction
from storage.breach_notices import Notice, State, Telling, new_notice
from storage.mails import Letter, NewMail

#: A portion is written in some milliseconds, so that answers do not wait behind it.
PORTION = 50
#: Portions in one call; the rest waits a second, so that no stop waits for it.
_MAX_PORTIONS = 20
_STATES: Mapping[str, State] = {
    "window": "queued",
    "email": "queued",
    "next_contact": "waiting",
    "none": "unreachable",
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What decides the lanes of a portion."""

    people: dict[PersonId, KnownPerson]
    consents: Mapping[PersonId, Consents]
    emails: Mapping[PersonId, str]


class BreachTeller:
    """Goes on with what was begun, however often it is stopped on the way."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, *, wake_sender: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake_sender = wake_sender
        self._sends_mail = settings.mail is not None
        self._controller = settings.controller.name or settings.pages[0].name
        self._default_language = settings.languages.default

    async def go_on(self) -> int:
        """Tell the next people, and those whom one lane did not reach; return how many."""
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.breach_notices.is_work(tx):
                return 0
        told = 0
        for _ in range(_MAX_PORTIONS):
            count = await self._portion()
            told += count
            if count < PORTION:
                break
        if told:
            self._wake_sender()
        return told

    async def _portion(self) -> int:
        notices, now_ms = self._store.breach_notices, self._clock.now_ms()
        async with self._store.write() as tx:
            await notices.give_up_lost(tx, now_ms=now_ms)
            returned = await notices.list_undelivered(tx, limit=PORTION)
            await self._tell_anew(tx, returned, now_ms)
            telling = await notices.next_unchosen(tx)
            if telling is None:
                return len(returned)
            chosen = await notices.choose(tx, telling, limit=PORTION)
            if not chosen:
                await notices.end_choosing(tx, telling, now_ms=now_ms)
                return PORTION  # there may be another round
            await self._tell(tx, telling, chosen, now_ms)
            return PORTION

    async def _tell(
        self, tx: Transaction, telling: Telling, chosen: Sequence[PersonId], now_ms: int
    ) -> None:
        known = await self._know(tx, chosen)
        new: list[tuple[Notice, State, str]] = []
        for person in known.people.values():
            email = known.emails.get(person.person_id)
            lane = self._lane(known, person, has_mail=email is not None, now_ms=now_ms)
            notice = new_notice(telling, person.person_id, lane.way)
            await self._queue(tx, telling, person, notice, email, now_ms)
            new.append((notice, _STATES[lane.way], lane.reason))
        await self._store.breach_notices.add(tx, new, now_ms=now_ms)

    async def _tell_anew(self, tx: Transaction, returned: Sequence[Notice], now_ms: int) -> None:
        """Find another lane for what one lane did not deliver; a mail is not tried twice."""
        known = await self._know(tx, [one.person_id for one in returned])
        tellings = await self._store.breach_notices.tellings_of(tx, returned)
        for old in returned:
            person = known.people.get(old.person_id)
            if person is None:
                continue  # just being erased: the notice goes with them
            email = None if old.lane == "email" else known.emails.get(old.person_id)
            lane = self._lane(known, person, has_mail=email is not None, now_ms=now_ms)
            notice = Notice(old.notice_id, old.telling_id, old.person_id, lane.way)
            telling = tellings[old.telling_id]
            await self._queue(tx, telling, person, notice, email, now_ms)
            await self._store.breach_notices.move(
                tx,
                old.notice_id,
                lane=lane.way,
                state=_STATES[lane.way],
                reason=lane.reason,
                now_ms=now_ms,
            )

    async def _know(self, tx: Transaction, who: Sequence[PersonId]) -> _Known:
        store = self._store
        people = await store.people.get_all(tx, who)
        consents = await store.consents.find(tx, list(people))
        keys = {one: person.key for one, person in people.items() if person.key}
        emails = await store.details.verified_emails(tx, keys) if self._sends_mail else {}
        return _Known(people, consents, emails)

    def _lane(self, known: _Known, person: KnownPerson, *, has_mail: bool, now_ms: int) -> Lane:
        consents = known.consents[person.person_id]
        return lane_by_duty(person, consents, has_mail=has_mail, now_ms=now_ms)

    async def _queue(
        self,
        tx: Transaction,
        telling: Telling,
        person: KnownPerson,
        notice: Notice,
        email: str | None,
        now_ms: int,
    ) -> None:
        language = person.language or self._default_language
        text = telling.plan.text_in(language)
        if notice.lane == "window":
            message = chat_message(person, text, notice, now_ms=now_ms)
            await self._store.outbox.add(tx, [message])
        elif notice.lane == "email" and email:
            letter = Letter(
                to=email,
                subject=mail_subject(language, self._controller),
                text=mail_text(language, self._controller, text),
            )
            mail = NewMail(
                person_id=person.person_id,
                key=person.key,
                letter=letter,
                due_at_ms=now_ms,
                expires_at_ms=now_ms + MAIL_LASTS_MS,
                notice_id=notice.notice_id,
            )
            await self._store.mails.add(tx, mail)
