"""What a turn asks for beyond the person in front of it, answered inside its own transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.admins.desk import AdminAsked, AdminDesk
from bot.broadcasts.waiting import WaitingNews
from bot.details.answers import DetailAnswers, DetailAsked
from bot.turns.handing_out import HandingAsked, HandingOut
from bot.turns.items import Names, items_of, older_item
from bot.turns.state import to_ms
from flows.kit.effects import (
    EraseMe,
    LookUp,
    MakeLink,
    OpenCase,
    ProveAct,
    RunCommand,
    SendExport,
    TakeFile,
    TellNews,
)
from flows.kit.found import CaseFacts, Found
from flows.kit.turn import Event
from storage import Case, KnownPerson, Store, Transaction
from storage.erasure import order_erasure
from storage.holdings import all_but_long, newest_of_long

Asked = LookUp | OpenCase | EraseMe | TellNews | HandingAsked | DetailAsked | AdminAsked

#: "Without undue delay and in any event within one month", Art. 12(3) GDPR; the shortest month.
_CASE_DUE = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Lookups:
    """Answers what flows ask for."""

    store: Store
    #: Tells what the configuration calls things, in a language.
    names: Callable[[str], Names]
    #: Makes the address of a receipt's page.
    receipt_url: Callable[[str], str]
    details: DetailAnswers
    handing_out: HandingOut
    waiting: WaitingNews
    admins: AdminDesk
    #: Whether there is a mail server.
    sends_mail: bool

    async def answer(
        self, tx: Transaction, person: KnownPerson, asked: Asked, *, language: str, at: datetime
    ) -> Event:
        """Do what was asked and return what came of it, as an event of the same moment."""
        match asked:
            case LookUp():
                found = await self._look_up(tx, person, asked.what, language)
            case OpenCase():
                found = await self._open_case(tx, person, asked.kind, at)
            case EraseMe():
                found = await self._order_erasure(tx, person, now_ms=to_ms(at))
            case TellNews():
                found = await self.waiting.tell(tx, person, is_wanted=asked.is_wanted)
            case MakeLink() | SendExport() | TakeFile():
                found = await self.handing_out.answer(tx, person, asked)
            case RunCommand() | ProveAct():
                # By our own time: a code does not count longer because it was long on its way.
                now_ms = self.handing_out.now_ms()
                found = await self.admins.answer(tx, person, asked, now_ms=now_ms)
            case _:
                found = await self.details.answer(tx, person, asked, language=language)
        return Event(found, at=at)

    async def _order_erasure(self, tx: Transaction, person: KnownPerson, *, now_ms: int) -> Found:
        """Order it; whoever is an admin is none from now on."""
        admin = await self.store.admins.of(tx, person.person_id)
        number = await order_erasure(tx, self.store.receipts, person.person_id, now_ms=now_ms)
        if admin is not None:
            await self.admins.note_erased(tx, admin, now_ms=now_ms)
        return Found("erasure", number=number, url=self.receipt_url(number))

    async def _look_up(
        self, tx: Transaction, person: KnownPerson, what: str, language: str
    ) -> Found:
        if what == "my_data":
            return await self._my_data(tx, person, language)
        if what == "given_details":
            return await self.details.given(tx, person)
        return await self._cases(tx, person, what)

    async def _my_data(self, tx: Transaction, person: KnownPerson, language: str) -> Found:
        """List everything, but of many messages only the newest: a turn is short."""
        newest, older = await newest_of_long(tx, person)
        held = await all_but_long(tx, person) + newest
        names = self.names(language)
        items = list(items_of(held, names, language=language))
        if older:
            items.append(older_item(older, language=language, recipients=names.recipients))
        return Found("my_data", items=tuple(items))

    async def _open_case(
        self, tx: Transaction, person: KnownPerson, kind: str, at: datetime
    ) -> Found:
        case = await self.store.cases.open(
            tx, person.person_id, kind, now_ms=to_ms(at), due_at_ms=to_ms(at + _CASE_DUE)
        )
        facts = {"kind": kind}
        if self.sends_mail and await self.store.details.verified_email(
            tx, person.person_id, person.key
        ):
            facts["by_mail"] = "yes"
        return Found("case", number=case.number, due_on=_day(case.due_at_ms), facts=facts)

    async def _cases(self, tx: Transaction, person: KnownPerson, what: str) -> Found:
        """Find a person's cases, with the answers that wait."""
        cases = await self.store.cases.list_of(tx, person.person_id)
        answers = await self.store.cases.answers_of(tx, person.person_id, person.key)
        return Found(what, cases=tuple(_facts(case, answers.get(case.number)) for case in cases))


def asked_in(effects: Iterable[object]) -> list[Asked]:
    """Return the effects that want an answer."""
    return [effect for effect in effects if isinstance(effect, Asked)]


def _facts(case: Case, waiting: tuple[bytes, str] | None) -> CaseFacts:
    case_id, text = waiting or (b"", "")
    return CaseFacts(
        number=case.number,
        kind=case.kind,
        status=case.status,
        opened_on=_day(case.opened_at_ms),
        due_on=_day(case.due_at_ms),
        answer=text,
        ref=case_id.hex(),
    )


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
