"""What admins look up of a breach: the register, what is missing, drafts."""

from dataclasses import dataclass
from typing import Final

from bot.admins.breach_words import refusing, usage
from bot.admins.command import Ask, Look
from bot.breaches.clock import deadline_ms
from bot.breaches.desk import DRAFTS, RECORDS, BreachDesk
from bot.clock import clock_time
from flows.breaches.fields import BY_NAME, FIELDS, Draft
from flows.kit.found import Found
from storage import Transaction
from storage.breaches import File

_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class Register(Look):
    """Lists entries, or shows one."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List the newest entries; with a number, tell everything that holds of it now."""
        if len(ask.args) > 1:
            return usage(ask)
        if ask.args:
            return await refusing(lambda: self._one(tx, ask.args[0]))
        files = await self.desk.store.breaches.list_all(tx)
        rows = tuple({"number": one.breach.number, "told": _state(one)} for one in files[:_LISTED])
        return Found("/breach", rows=rows)

    async def _one(self, tx: Transaction, number: str) -> Found:
        file = await self.desk.find(tx, number)
        reach = await self.desk.reach(tx, file)
        rows = [
            {"what": BY_NAME[name.partition(":")[0]].title, "value": value}
            for name, value in file.values.items()
            if name.partition(":")[0] in BY_NAME
        ]
        rows += [
            {"what": RECORDS[name], "value": value}
            for name, value in file.values.items()
            if name in RECORDS
        ]
        rows += [
            {"what": f"Notices, {state}", "value": str(count)}
            for state, count in sorted(reach.counts.items())
        ]
        rows += [
            {"what": f"Not reached, {one.number}", "value": f"{one.state}: {one.reason}"}
            for one in reach.unreached
        ]
        facts = {"number": file.breach.number, "told": _state(file)}
        return Found("/breach NUMBER", rows=tuple(rows), facts=facts)


@dataclass(frozen=True, slots=True)
class Next(Look):
    """Asks what is not written yet."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Ask the next question; a field behind the number is passed over."""
        if not 1 <= len(ask.args) <= 2:  # noqa: PLR2004 - a number, and a field at most
            return usage(ask)

        async def look() -> Found:
            file = await self.desk.find(tx, ask.args[0])
            return question(file, after="".join(ask.args[1:]))

        return await refusing(look)


@dataclass(frozen=True, slots=True)
class Drafts(Look):
    """Gives drafts as text."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Give one draft, or say which there are."""
        if not 1 <= len(ask.args) <= 2:  # noqa: PLR2004 - a number and a draft
            return usage(ask)
        which = _draft(ask.args[1]) if len(ask.args) > 1 else None

        async def look() -> Found:
            number = (await self.desk.find(tx, ask.args[0])).breach.number
            if which is None:
                return Found("/breach drafts", facts={"number": number})
            text = await self.desk.draft(tx, number, which, now_ms=ask.now_ms)
            return Found("/breach draft", facts={"number": number, "text": text})

        return await refusing(look)


def question(file: File, name: str = "", *, after: str = "", said: str = "") -> Found:
    """Return the question for a field, or for the first that is missing behind another."""
    names = [one.name for one in FIELDS]
    plain = after.partition(":")[0]
    behind = names.index(plain) + 1 if plain in names else 0
    missing = [one for one in (*names[behind:], *names[:behind]) if one not in file.values]
    facts = {"number": file.breach.number, "said": said}
    wanted = name or next((one for one in missing if one != plain), "")
    if not wanted:
        return Found("/breach next", facts={**facts, "field": "", "kind": "none"})
    kind = BY_NAME[wanted.partition(":")[0]].kind
    return Found("/breach next", facts={**facts, "field": wanted, "kind": kind})


def _state(file: File) -> str:
    aware = f"known since {clock_time(file.breach.aware_at_ms)}"
    if not file.is_open:
        return f"{aware}, closed"
    if not file.runs:
        return f"{aware}, open"
    return f"{aware}, tell the authority by {clock_time(deadline_ms(file.breach))}"


def _draft(word: str) -> Draft | None:
    return next((one for one in DRAFTS if one == word), None)
