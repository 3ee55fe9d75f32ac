"""What a turn asks for beyond the person in front of it, answered inside its own transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.turns.items import items_of
from bot.turns.state import to_ms
from flows.kit.effects import EraseMe, LookUp, OpenCase
from flows.kit.turn import CaseFacts, Event, Found
from storage import Case, KnownPerson, Store, Transaction
from storage.erasure import order_erasure
from storage.holdings import everything_of

Asked = LookUp | OpenCase | EraseMe

#: "Without undue delay and in any event within one month", Art. 12(3) GDPR; the shortest month.
_CASE_DUE = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Lookups:
    """Answers what flows ask for."""

    store: Store
    #: Who else gets data, for people to read.
    recipients: str
    #: Makes the address of a receipt's page.
    receipt_url: Callable[[str], str]
    #: Whether there is a mail server.
    sends_mail: bool

    async def answer(
        self, tx: Transaction, person: KnownPerson, asked: Asked, *, language: str, at: datetime
    ) -> Event:
        """Do what was asked and return what came of it, as an event of the same moment."""
        match asked:
            case LookUp(what="my_data"):
                held = await everything_of(tx, person)
                items = items_of(held, language=language, recipients=self.recipients)
                found = Found("my_data", items=tuple(items))
            case LookUp():
                found = await self._cases(tx, person, asked.what)
            case OpenCase():
                found = await self._open_case(tx, person, asked.kind, at)
            case EraseMe():
                number = await order_erasure(
                    tx, self.store.receipts, person.person_id, now_ms=to_ms(at)
                )
                found = Found("erasure", number=number, url=self.receipt_url(number))
        return Event(found, at=at)

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
