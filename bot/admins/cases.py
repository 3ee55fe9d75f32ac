"""/cases: what people asked the team, claimed, answered, closed, and looked into."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.admins.command import Ask, Look, refused
from bot.admins.gate import RULES, Act
from bot.desk import WAYS, Desk, NoSuchCase, as_number, fits
from bot.outbound.notices import Notices
from flows.kit.found import Found
from flows.kit.reply import length_of
from flows.notices import KINDS, answer_text
from storage import Case, KeyLost, KnownPerson, Store, Transaction
from storage.cases import CaseOf, audit_mark

_PER_PAGE: Final = 8
#: Longer than this it is a request's number, not a page's.
_PAGE_DIGITS: Final = 3
#: What can be done with one request, as the second word of its command.
_VERBS: Final = ("open", "claim", "answer", "close")


@dataclass(frozen=True, slots=True)
class Cases(Look):
    """Lists what is not done, or shows one request; never who made it."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Look at a page of the list, or at one request."""
        if len(ask.args) > 1:
            return refused("usage", usage="/cases, /cases 2, or /cases K7QF-3M2P")
        typed = ask.args[0] if ask.args else "1"
        if typed.isascii() and typed.isdecimal() and len(typed) <= _PAGE_DIGITS:
            return await self._page(tx, max(1, int(typed)), ask.now_ms)
        number = as_number(typed)
        which = await self.store.cases.find(tx, number)
        if which is None:
            return refused("no_case", number=number[:20])
        may = [verb for verb in _VERBS if ask.admin.role in RULES[f"cases {verb}"].roles]
        facts = {"may": " ".join(may)} if which.case.status != "answered" else {}
        facts["mark"] = audit_mark(which.case_id)
        return Found("/cases", rows=(_row(which.case, ask.now_ms),), number=number, facts=facts)

    async def _page(self, tx: Transaction, page: int, now_ms: int) -> Found:
        some = await self.store.cases.list_undone(
            tx, limit=_PER_PAGE + 1, offset=_PER_PAGE * (page - 1)
        )
        next_page = str(page + 1) if len(some) > _PER_PAGE else ""
        rows = tuple(_row(case, now_ms) for case in some[:_PER_PAGE])
        return Found("/cases", rows=rows, facts={"next": next_page})


@dataclass(frozen=True, slots=True)
class Claim:
    """Notes who works on a request."""

    store: Store
    notices: Notices

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find the request."""
        which = await _undone(tx, self.store, ask)
        return which if isinstance(which, Found) else _act(which)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Put the admin's number to it, and tell whoever worked on it before."""
        which = await self.store.cases.find(tx, act.object)
        if which is None:
            return refused("no_case", number=act.object)
        await self.store.cases.claim(tx, which, ask.admin.number)
        before = which.case.claimed_by
        if before not in (None, ask.admin.number):
            await self._tell(tx, before, f"{ask.admin.name} has taken over {act.object}.", ask)
        return Found("/cases claim", number=act.object)

    async def _tell(self, tx: Transaction, number: int | None, text: str, ask: Ask) -> None:
        admin = None if number is None else await self.store.admins.numbered(tx, number)
        person = await self.store.people.get(tx, admin.person_id) if admin else None
        if person is not None and person.key:
            await self.notices.tell_admin(tx, person, text, now_ms=ask.now_ms)


@dataclass(frozen=True, slots=True)
class Close:
    """Marks a request that was answered elsewhere."""

    store: Store

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what it means."""
        which = await _undone(tx, self.store, ask)
        if isinstance(which, Found):
            return which
        number, status = which.case.number, which.case.status
        lost = " The answer that waits for the person is deleted." if status == "waiting" else ""
        summary = (
            f"{number} is to count as answered elsewhere, without a word of ours; the person sees "
            f"that when they write CASES.{lost}"
        )
        return _act(which, status, summary=summary)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Mark it."""
        del ask
        if not await self.store.cases.mark_answered(tx, act.object):
            return refused("case_done", number=act.object)
        return Found("/cases close", number=act.object)


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers a request, by the same desk as the command line."""

    desk: Desk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Show the answer as the person will read it; without one, ask for it."""
        found = await _open(tx, self.desk, ask)
        if isinstance(found, Found):
            return found
        which, person = found
        number, text = which.case.number, _text_of(ask)
        if not text:
            return Found("/cases answer", number=number, facts={"needs": "text"})
        if not fits(text):
            return refused("answer_length", found=str(length_of(text)))
        language = person.language or self.desk.settings.languages.default
        shown = answer_text(language, number=number, kind=which.case.kind, text=text)
        return _act(which, text, summary=f"This is to be sent:\n\n{shown}")

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Send it by the best lane, or keep it until the person is back."""
        lane = await self.desk.answer_in(tx, act.object, _text_of(ask), now_ms=ask.now_ms)
        facts = {"way": WAYS[lane.way], "reason": lane.reason}
        return Found("/cases answer", number=act.object, facts=facts)


@dataclass(frozen=True, slots=True)
class Open:
    """Shows what is kept of whoever made a request, and tells them."""

    desk: Desk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Find the request; nothing of the person is read yet."""
        found = await _open(tx, self.desk, ask, is_done_too=True)
        return found if isinstance(found, Found) else _act(found[0])

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Put the look on record and read; both leave in one transaction, or none."""
        role = ask.admin.role
        items = await self.desk.look_in(tx, act.object, role=role, now_ms=ask.now_ms)
        page = ask.args[1] if len(ask.args) > 1 else ""
        facts = {"page": page if page.isascii() and page.isdecimal() else "1"}
        facts |= {"values": "shown"} if ask.args[2:] == ("values",) else {}
        return Found("/cases open", number=act.object, items=tuple(items), facts=facts)


async def _undone(tx: Transaction, store: Store, ask: Ask) -> CaseOf | Found:
    """Return the one request that is named and not answered yet."""
    if len(ask.args) != 1:
        return refused("usage", usage=f"/{ask.command} K7QF-3M2P")
    number = as_number(ask.args[0])
    which = await store.cases.find(tx, number)
    if which is None:
        return refused("no_case", number=number[:20])
    return refused("case_done", number=number) if which.case.status == "answered" else which


async def _open(
    tx: Transaction, desk: Desk, ask: Ask, *, is_done_too: bool = False
) -> tuple[CaseOf, KnownPerson] | Found:
    """Return the request that is named, and whoever made it."""
    if not ask.args:
        return refused("usage", usage=RULES[ask.command].usage)
    number = as_number(ask.args[0])
    try:
        which, person = await desk.find(tx, number)
    except NoSuchCase:
        return refused("no_case", number=number[:20])
    except KeyLost:
        return refused("key_lost", number=number)
    if is_done_too or which.case.status == "open":
        return which, person
    return refused("case_done" if which.case.status == "answered" else "case_waits", number=number)


def _act(which: CaseOf, content: str = "", *, summary: str = "") -> Act:
    """Return what is done to a request.

    Its random id is part of what is digested, so that nobody finds out by trying which request it
    was, or what a short answer said.
    """
    mark = audit_mark(which.case_id)
    exact = which.case_id + content.encode()
    return Act(which.case.number, content=exact, summary=summary, kept_as=mark)


def _text_of(ask: Ask) -> str:
    """Return what follows the number, with its lines."""
    return "".join(ask.rest.split(None, 1)[1:]).strip()


def _row(case: Case, now_ms: int) -> dict[str, str]:
    return {
        "number": case.number,
        "kind": KINDS[case.kind],
        "due": f"{datetime.fromtimestamp(case.due_at_ms / 1000, UTC).date()}",
        "late": "yes" if case.due_at_ms <= now_ms else "",
        "status": case.status,
        "by": f"A-{case.claimed_by}" if case.claimed_by else "",
    }
