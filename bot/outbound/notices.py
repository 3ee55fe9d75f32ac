"""Puts on its way what a person is to be told of what others did."""

from dataclasses import dataclass

from bot.outbound.doubt import RESENDS
from bot.outbound.lanes import Lane, lane_for, lane_of_admin
from bot.outbound.render import render
from bot.settings import Settings
from bot.turns.state import to_time
from flows import notices
from flows.kit.person import Look as ToldLook
from flows.kit.reply import Reply
from storage import KnownPerson, NewMessage, Store, Transaction
from storage.accesses import Look
from storage.cases import CaseOf
from storage.mails import Letter, NewMail

#: A mail that no server took for so long is of no use any more; CASES and MY DATA tell it then.
MAIL_LASTS_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class _Notice:
    """The words, and what they settle once they have arrived."""

    text: str
    case_id: bytes | None = None
    access_id: bytes | None = None


class Notices:
    """Chooses the lane of each notice and queues it there."""

    def __init__(
        self, store: Store, *, controller: str, default_language: str, sends_mail: bool
    ) -> None:
        self._store = store
        self._controller = controller
        self._default_language = default_language
        self._sends_mail = sends_mail

    async def answer(
        self, tx: Transaction, person: KnownPerson, which: CaseOf, text: str, *, now_ms: int
    ) -> Lane:
        """Send the answer to a request; where no lane is open it waits for contact."""
        email = await self._email_of(tx, person)
        lane = await self._lane(tx, person, email, is_asked_for=True, now_ms=now_ms)
        told = notices.answer_text(
            self._language(person), number=which.case.number, kind=which.case.kind, text=text
        )
        notice = _Notice(told, case_id=which.case_id)
        if lane.way == "window":
            await self._say(tx, person, notice, now_ms=now_ms)
        elif lane.way == "email" and email:
            await self._mail(tx, person, notice, email, now_ms=now_ms)
        return lane

    async def tell_look(
        self, tx: Transaction, person: KnownPerson, look: Look, *, now_ms: int
    ) -> Lane:
        """Tell of a look: in the chat while it is open, by e-mail too, else at the next contact."""
        email = await self._email_of(tx, person)
        lane = await self._lane(tx, person, email, is_asked_for=False, now_ms=now_ms)
        seen = ToldLook(look.role, to_time(look.at_ms).date())
        told = notices.looks_text(self._language(person), [seen])
        notice = _Notice(told, access_id=look.access_id)
        if lane.way == "window":
            await self._say(tx, person, notice, now_ms=now_ms)
        if email and (lane.way == "email" or lane.is_mailed_too):
            await self._mail(tx, person, notice, email, now_ms=now_ms)
        return lane

    async def tell_admin(
        self,
        tx: Transaction,
        person: KnownPerson,
        text: str,
        *,
        now_ms: int,
    ) -> Lane:
        """Tell an admin of their role, code or sign-ins: in the chat, else by e-mail.

        After their STOP nothing comes into the chat but what answers them.
        """
        email = await self._email_of(tx, person)
        lane = await self._lane_of_admin(tx, person, email, now_ms=now_ms)
        if lane.way == "window":
            await self._say(tx, person, _Notice(text), now_ms=now_ms)
        elif lane.way == "email" and email:
            await self._mail(tx, person, _Notice(text), email, now_ms=now_ms)
        return lane

    async def _lane_of_admin(
        self, tx: Transaction, person: KnownPerson, email: str | None, *, now_ms: int
    ) -> Lane:
        consents = (await self._store.consents.find(tx, [person.person_id]))[person.person_id]
        return lane_of_admin(person, consents, has_mail=email is not None, now_ms=now_ms)

    async def _lane(
        self,
        tx: Transaction,
        person: KnownPerson,
        email: str | None,
        *,
        is_asked_for: bool = True,
        now_ms: int,
    ) -> Lane:
        consents = (await self._store.consents.find(tx, [person.person_id]))[person.person_id]
        return lane_for(
            person,
            consents,
            is_asked_for=is_asked_for,
            has_mail=email is not None,
            now_ms=now_ms,
        )

    async def _email_of(self, tx: Transaction, person: KnownPerson) -> str | None:
        if not self._sends_mail or not person.key:
            return None
        return await self._store.details.verified_email(tx, person.person_id, person.key)

    async def _say(
        self, tx: Transaction, person: KnownPerson, notice: _Notice, *, now_ms: int
    ) -> None:
        message = NewMessage(
            person_id=person.person_id,
            page_id=person.page_id,
            key=person.key,
            body=render(Reply(notice.text)),
            kind="notice",
            due_at_ms=now_ms,
            expires_at_ms=person.window_ends_at_ms,
            resends_left=RESENDS["notice"],
            case_id=notice.case_id,
            access_id=notice.access_id,
        )
        await self._store.outbox.add(tx, [message])

    async def _mail(
        self, tx: Transaction, person: KnownPerson, notice: _Notice, email: str, *, now_ms: int
    ) -> None:
        language = self._language(person)
        letter = Letter(
            to=email,
            subject=notices.mail_subject(language, self._controller),
            text=notices.mail_text(language, self._controller, notice.text),
        )
        mail = NewMail(
            person_id=person.person_id,
            key=person.key,
            letter=letter,
            due_at_ms=now_ms,
            expires_at_ms=now_ms + MAIL_LASTS_MS,
            case_id=notice.case_id,
            access_id=notice.access_id,
        )
        await self._store.mails.add(tx, mail)

    def _language(self, person: KnownPerson) -> str:
        return person.language or self._default_language


def notices_of(settings: Settings, store: Store) -> Notices:
    """Return what queues notices in a deployment."""
    return Notices(
        store,
        controller=settings.controller.name or settings.pages[0].name,
        default_language=settings.languages.default,
        sends_mail=settings.mail is not None,
    )
