"""/evidence: the proof of one consent, of whoever made a request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.admins.command import Ask, refused
from bot.admins.gate import RULES, Act
from bot.desk import HANDED_OUT, Desk, NoSuchCase, as_number
from bot.exports.proofs import USE, about
from flows.kit.found import Found
from storage import KeyLost, Transaction
from storage.cases import audit_mark
from storage.consent_history import newest_act

_LASTS_MS: Final = 15 * 60_000
_MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Evidence:
    """Makes a page that gives the proof out once, and tells the person."""

    desk: Desk
    #: Makes the page's address from its secret part.
    page_url: Callable[[str], str]

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find request and purpose; what the person answered is not looked at before the code."""
        if not 1 <= len(ask.args) <= 2:  # noqa: PLR2004 - a number, and a purpose
            return refused("usage", usage=RULES[ask.command].usage)
        number = as_number(ask.args[0])
        try:
            which, _ = await self.desk.find(tx, number)
        except NoSuchCase:
            return refused("no_case", number=number[:20])
        except KeyLost:
            return refused("key_lost", number=number)
        purposes = [purpose.id for purpose in self.desk.settings.purposes]
        if len(ask.args) == 1:
            rows = tuple({"id": one} for one in purposes[:_MOST_SHOWN])
            return Found("/evidence", number=number, rows=rows)
        purpose = ask.args[1].casefold()
        if purpose not in purposes:
            return refused("no_purpose", name=purpose[:20], number=number)
        summary = (
            f"A file is to prove what whoever made {number} last answered for the purpose "
            f"{purpose}. They are told that you looked."
        )
        content = which.case_id + purpose.encode()
        kept_as = f"{audit_mark(which.case_id)} {purpose}"
        return Act(f"{number} {purpose}", content=content, summary=summary, kept_as=kept_as)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Put the look on record, and make the page; the look counts also where nothing is."""
        number, _, purpose = act.object.partition(" ")
        _, person = await self.desk.find(tx, number)
        role, store = ask.admin.role, self.desk.store
        await self.desk.note_look(tx, person, role=role, act=HANDED_OUT, now_ms=ask.now_ms)
        consent_id = await newest_act(tx, person.person_id, purpose)
        if consent_id is None:
            return refused("no_consent", number=number, name=purpose)
        token = await store.links.make(
            tx,
            person.person_id,
            USE,
            now_ms=ask.now_ms,
            expires_at_ms=ask.now_ms + _LASTS_MS,
            about=about(consent_id, ask.admin),
        )
        return Found("/evidence", number=number, url=self.page_url(token))
