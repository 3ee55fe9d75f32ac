"""What the team does with a request: answer it, or look at the data of whoever made it."""

from dataclasses import dataclass

from bot.errors import BotError
from bot.outbound.lanes import Lane
from bot.outbound.notices import notices_of
from bot.settings import Settings
from bot.site import named_recipients
from bot.turns.items import items_of
from flows.kit.found import Item
from flows.kit.reply import length_of
from flows.notices import MAX_ANSWER_CHARS
from storage import KeyLost, KnownPerson, Store, Transaction
from storage.cases import CaseOf
from storage.holdings import everything_of

#: As what a look at everything that is kept of a person is noted.
_LOOKED_AT_ALL = "case"


class NoSuchCase(BotError):
    """No open request has that number."""

    advice = "`chatmagico cases list` shows them."


class AnswerTooLong(BotError):
    """The answer is empty, or does not fit into one Messenger message."""

    advice = f"Write 1 to {MAX_ANSWER_CHARS} characters."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests are worked on, beside a running bot."""

    settings: Settings
    store: Store

    async def answer(self, number: str, text: str, *, now_ms: int) -> Lane:
        """Answer an open request by the best lane; without one, the answer waits for contact.

        Raises:
            NoSuchCase: None has this number, or it has its answer already.
            AnswerTooLong: It does not fit into one message.
            KeyLost: The key of its person is missing.
        """
        if not text or length_of(text) > MAX_ANSWER_CHARS:
            raise AnswerTooLong(found=length_of(text))
        async with self.store.write() as tx:
            which, person = await self._find(tx, number)
            if not person.key:
                raise KeyLost
            if not await self.store.cases.answer(tx, which, person.key, text):
                raise NoSuchCase
            notices = notices_of(self.settings, self.store)
            return await notices.answer(tx, person, which, text, now_ms=now_ms)

    async def look(self, number: str, *, role: str, now_ms: int) -> list[Item]:
        """Return everything kept of whoever made a request, once it is on record who looks.

        Raises:
            NoSuchCase: None has this number.
            KeyLost: The key of its person is missing.
        """
        async with self.store.write() as tx:
            _, person = await self._find(tx, number)
            if not person.key:
                raise KeyLost
            look = await self.store.accesses.note(
                tx, person.person_id, role=role, act=_LOOKED_AT_ALL, now_ms=now_ms
            )
            await notices_of(self.settings, self.store).tell_look(tx, person, look, now_ms=now_ms)
        # Committed before a word is read: nobody looks unseen, whatever breaks afterwards.
        async with self.store.read() as tx:
            held = await everything_of(tx, person)
        language, recipients = self.settings.languages.default, named_recipients(self.settings)
        return list(items_of(held, language=language, recipients=recipients))

    async def _find(self, tx: Transaction, number: str) -> tuple[CaseOf, KnownPerson]:
        which = await self.store.cases.find(tx, number.strip().upper())
        person = await self.store.people.get(tx, which.person_id) if which else None
        if which is None or person is None:
            raise NoSuchCase
        return which, person
