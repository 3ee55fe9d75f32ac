"""What a turn asks for beyond the person in front of it, answered inside its own transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.turns.handing_out import HandingOut
from bot.turns.items import items_of, older_item
from bot.turns.state import to_ms
from flows.kit.effects import EraseMe, LookUp, MakeLink, OpenCase, SendExport, TakeFile
from flows.kit.turn import CaseFacts, Event, Found
from storage import Case, KnownPerson, Store, Transaction
from storage.erasure import order_erasure
from storage.holdings import all_but_long, newest_of_long

Asked = LookUp | OpenCase | MakeLink | SendExport | TakeFile | EraseMe

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
    handing_out: HandingOut

    async def answer(
        self, tx: Transaction, person: KnownPerson, asked: Asked, *, language: str, at: datetime
    ) -> Event:
        """Do what was asked and return what came of it, as an event of the same moment."""
        match asked:
            case LookUp(what="my_data"):
                found = await self._my_data(tx, person, language)
            case LookUp():
                cases = await self.store.cases.list_of(tx, person.person_id)
                found = Found(asked.what, cases=tuple(map(_facts, cases)))
            case OpenCase():
                found = await self._open_case(tx, person, asked.kind, at)
            case MakeLink():
                found = await self.handing_out.make_link(tx, person, asked.use)
            case SendExport():
                found = await self.handing_out.queue_export(tx, person)
            case TakeFile():
                found = await self.handing_out.queue_reading(tx, person, asked.url)
            case EraseMe():
                number = await order_erasure(
                    tx, self.store.receipts, person.person_id, now_ms=to_ms(at)
                )
                found = Found("erasure", number=number, url=self.receipt_url(number))
        return Event(found, at=at)

    async def _my_data(self, tx: Transaction, person: KnownPerson, language: str) -> Found:
        """List everything, but of many messages only the newest: a turn is short."""
        newest, older = await newest_of_long(tx, person)
        held = await all_but_long(tx, person) + newest
        items = list(items_of(held, language=language, recipients=self.recipients))
        if older:
            items.append(older_item(older, language=language, recipients=self.recipients))
        return Found("my_data", items=tuple(items))

    async def _open_case(
        self, tx: Transaction, person: KnownPerson, kind: str, at: datetime
    ) -> Found:
        case = await self.store.cases.open(
            tx, person.person_id, kind, now_ms=to_ms(at), due_at_ms=to_ms(at + _CASE_DUE)
        )
        return Found("case", number=case.number, due_on=_day(case.due_at_ms))


def asked_in(effects: Iterable[object]) -> list[Asked]:
    """Return the effects that want an answer."""
    return [effect for effect in effects if isinstance(effect, Asked)]


def _facts(case: Case) -> CaseFacts:
    return CaseFacts(
        number=case.number,
        kind=case.kind,
        status=case.status,
        opened_on=_day(case.opened_at_ms),
        due_on=_day(case.due_at_ms),
    )


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
