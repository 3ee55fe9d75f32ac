"""What flows ask for about details, answered inside the turn's own transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.details.giving import Giving, as_field
from bot.details.values import masked
from flows.kit.effects import CheckCode, KeepDetail, RemoveDetail, SendCode, WantDetail
from flows.kit.found import Found
from storage import KnownPerson, Transaction

DetailAsked = WantDetail | KeepDetail | RemoveDetail | SendCode | CheckCode


@dataclass(frozen=True, slots=True)
class DetailAnswers:
    """Answers what flows ask for about details."""

    giving: Giving
    #: Makes the address of a page, from its secret part.
    page_url: Callable[[str], str]

    async def answer(
        self, tx: Transaction, person: KnownPerson, asked: DetailAsked, *, language: str
    ) -> Found:
        """Do what was asked and return what came of it."""
        match asked:
            case WantDetail():
                return await self._wanted(tx, person, asked)
            case KeepDetail(name, typed):
                is_kept = await self.giving.keep(tx, person, as_field(name), typed)
                result = "kept" if is_kept else "refused"
                return Found("detail_given", facts={"field": name, "result": result})
            case RemoveDetail(name):
                await self.giving.store.details.remove(tx, person.person_id, as_field(name))
                return Found("detail_removed", facts={"field": name})
            case SendCode(before):
                result = await self.giving.send_code(tx, person, language=language)
                return Found("code_sent", facts={"before": before, "result": result})
            case CheckCode(typed):
                return await self._checked(tx, person, typed)

    async def given(self, tx: Transaction, person: KnownPerson) -> Found:
        """Return what a person gave, masked."""
        given = await self.giving.given(tx, person)
        facts: dict[str, str] = {name: masked(name, one.value) for name, one in given.items()}
        if "email" in given and given["email"].verified_at_ms is not None:
            facts["confirmed"] = "yes"
        return Found("given_details", facts=facts)

    async def _wanted(self, tx: Transaction, person: KnownPerson, asked: WantDetail) -> Found:
        given = await self.giving.given(tx, person)
        open_names = (n for n in asked.names if asked.is_correction or n not in given)
        name = next(open_names, "")
        facts = {"before": asked.before, "field": name}
        if not name:
            return Found("detail_wanted", facts=facts)
        if asked.is_correction:
            facts["correction"] = "yes"
        token = await self.giving.make_link(tx, person, as_field(name))
        return Found("detail_wanted", url=self.page_url(token), facts=facts)

    async def _checked(self, tx: Transaction, person: KnownPerson, typed: str) -> Found:
        checked = await self.giving.check_code(tx, person, typed)
        if checked is None:
            return Found("code_checked", facts={"result": "confirmed"})
        facts = {"result": checked.verdict, "left": str(checked.tries_left)}
        return Found("code_checked", facts=facts)
