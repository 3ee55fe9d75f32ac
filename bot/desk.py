"""What the team does with a request: answer it, or look at the data of whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.errors import BotError
from bot.outbound.lanes import Lane, Way
from bot.outbound.notices import notices_of
from bot.settings import Settings
from bot.site import named_recipients, names
from bot.turns.items import items_of, older_item
from flows.kit.found import Item
from flows.kit.reply import length_of
from flows.notices import MAX_ANSWER_CHARS
from storage import KeyLost, KnownPerson, Store, Transaction
from storage.admin_acts import OPERATOR, AdminAct
from storage.cases import CaseOf, audit_mark
from storage.holdings import Held, all_but_long, everything_of, newest_of_long
from storage.letters import in_groups

#: What became of an answer, by its lane.
WAYS: Final[Mapping[Way, str]] = {
    "window": "Sent into the chat",
    "email": "Sent by e-mail",
    "next_contact": "Kept until the person writes CASES",
    "none": "Kept, but it cannot be delivered",
}
#: As what a look at everything that is kept of a person is noted.
LOOKED_AT_ALL: Final = "case"
#: As what it is noted that the proof of a consent was handed out.
HANDED_OUT: Final = "evidence"
#: A look goes on for so long; later it is another one, and told again.
_ONE_LOOK_MS: Final = 15 * 60_000
#: What admins read in the chat is in English only.
_OF_ADMINS: Final = "en"


class NoSuchCase(BotError):
    """No open request has that number."""

    advice = "`chatmagico cases list` shows them."


class AnswerTooLong(BotError):
    """The answer is empty, or does not fit into one Messenger message."""

    advice = f"Write 1 to {MAX_ANSWER_CHARS} characters."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where requests are worked on: beside a running bot, or inside a turn of an admin's."""

    settings: Settings
    store: Store

    async def answer(self, number: str, text: str, *, now_ms: int) -> Lane:
        """Answer an open request by the best lane; without one, the answer waits for contact.

        Raises:
            NoSuchCase: None has this number, or it has its answer already.
            AnswerTooLong: It does not fit into one message.
            KeyLost: The key of its person is missing.
        """
        if not fits(text):
            raise AnswerTooLong(found=length_of(text))
        async with self.store.write() as tx:
            which, _ = await self.find(tx, number)
            self._note_operator(tx, "cases answer", which, now_ms)
            return await self.answer_in(tx, number, text, now_ms=now_ms)

    async def answer_in(self, tx: Transaction, number: str, text: str, *, now_ms: int) -> Lane:
        """Answer with a text that fits, as part of a transaction; see `answer`."""
        which, person = await self.find(tx, number)
        if not await self.store.cases.answer(tx, which, person.key, text):
            raise NoSuchCase
        notices = notices_of(self.settings, self.store)
        return await notices.answer(tx, person, which, text, now_ms=now_ms)

    async def mark_answered(self, number: str, *, now_ms: int) -> None:
        """Note that an open request was answered elsewhere.

        Raises:
            NoSuchCase: None has this number.
        """
        async with self.store.write() as tx:
            which = await self.store.cases.find(tx, as_number(number))
            if which is None or not await self.store.cases.mark_answered(tx, which.case.number):
                raise NoSuchCase
            self._note_operator(tx, "cases answered", which, now_ms)

    async def look(self, number: str, *, role: str, now_ms: int) -> list[Item]:
        """Return everything kept of whoever made a request, once it is on record who looks.

        Raises:
            NoSuchCase: None has this number.
            KeyLost: The key of its person is missing.
        """
        async with self.store.write() as tx:
            which, person = await self.find(tx, number)
            self._note_operator(tx, "cases show", which, now_ms)
            await self.note_look(tx, person, role=role, act=LOOKED_AT_ALL, now_ms=now_ms)
        # Committed before a word is read: nobody looks unseen, whatever breaks afterwards.
        async with self.store.read() as tx:
            held = await everything_of(tx, person)
        return self._items(held, language=self.settings.languages.default)

    async def look_in(self, tx: Transaction, number: str, *, role: str, now_ms: int) -> list[Item]:
        """Return the same inside a turn: what is shown leaves only if the look is on record.

        A look that goes on, from page to page, is one look for a quarter of an hour.
        """
        _, person = await self.find(tx, number)
        since_ms = now_ms - _ONE_LOOK_MS
        who, act = person.person_id, LOOKED_AT_ALL
        if not await self.store.accesses.has_since(tx, who, role=role, act=act, since_ms=since_ms):
            await self.note_look(tx, person, role=role, act=act, now_ms=now_ms)
        held = await all_but_long(tx, person)
        newest, older = await newest_of_long(tx, person)
        items = self._items(held + newest, language=_OF_ADMINS)
        if older:
            recipients = named_recipients(self.settings)
            items.append(older_item(older, language=_OF_ADMINS, recipients=recipients))
        return items

    async def note_look(
        self, tx: Transaction, person: KnownPerson, *, role: str, act: str, now_ms: int
    ) -> None:
        """Put on record that somebody in a role sees something of a person, and tell the person."""
        look = await self.store.accesses.note(
            tx, person.person_id, role=role, act=act, now_ms=now_ms
        )
        await notices_of(self.settings, self.store).tell_look(tx, person, look, now_ms=now_ms)

    async def find(self, tx: Transaction, number: str) -> tuple[CaseOf, KnownPerson]:
        """Return a request and whoever made it.

        Raises:
            NoSuchCase: None has this number.
            KeyLost: The key of its person is missing.
        """
        which = await self.store.cases.find(tx, as_number(number))
        person = await self.store.people.get(tx, which.person_id) if which else None
        if which is None or person is None:
            raise NoSuchCase
        if not person.key:
            raise KeyLost
        return which, person

    def _note_operator(self, tx: Transaction, act: str, which: CaseOf, now_ms: int) -> None:
        about = AdminAct(OPERATOR, "", act, audit_mark(which.case_id), "", now_ms)
        self.store.admin_acts.note(tx, about)

    def _items(self, held: list[Held], *, language: str) -> list[Item]:
        return list(items_of(held, names(self.settings, language), language=language))


def fits(text: str) -> bool:
    """Tell whether a text can be an answer."""
    return 0 < length_of(text) <= MAX_ANSWER_CHARS


def as_number(typed: str) -> str:
    """Return the number that somebody means with k7qf3m2p, or with a dash like no other."""
    plain = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
    return in_groups(plain)
