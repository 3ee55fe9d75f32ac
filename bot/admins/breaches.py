"""/breach: the register of breaches, as admins work on it in the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.admins.breach_looks import Drafts, Next, Register, question
from bot.admins.breach_words import ANSWERED, author_of, refusing, usage
from bot.admins.command import Ask
from bot.admins.gate import Act
from bot.breaches.clock import DEADLINE_HOURS, HOUR_MS, deadline_ms
from bot.breaches.desk import BreachDesk
from bot.clock import clock_time
from bot.turns.state import to_ms
from flows.breaches.fields import BY_NAME
from flows.breaches.times import aware_time
from flows.kit.found import Found
from storage import Transaction
from storage.breaches import AUTHORITY_TOLD, NOT_NOTIFIED, ON_PAGE

if TYPE_CHECKING:
    from bot.admins.command import Command

#: What is put on record, by the word that is typed for it.
_RECORDED: Final[Mapping[str, str]] = {
    "authority": AUTHORITY_TOLD,
    "no-authority": NOT_NOTIFIED,
    "meta": "meta_told",
    "page": "published_page",
    "greeting": "published_greeting",
    "website": "published_website",
}
_SHOWN: Final = {"show": "yes", "hide": "no"}
_EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True)
class Open:
    """Enters a breach."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say since when one was aware; that can never be changed."""
        del tx
        if ask.rest.casefold() in ("", "now"):  # its button states the time, which then is exact
            return Found("/breach open")
        at_ms = _aware_at_ms(ask)
        if at_ms is None:
            return usage(ask)
        if at_ms > ask.now_ms:
            return ANSWERED.future
        until = clock_time(at_ms + DEADLINE_HOURS * HOUR_MS)
        summary = (
            f"A breach is entered in the register, known since {clock_time(at_ms)}. That time "
            f"cannot be changed afterwards. The authority is to be told by {until}."
        )
        return Act("register", content=ask.rest.encode(), summary=summary)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Enter it, and ask the first question."""
        del act
        at_ms = _aware_at_ms(ask)
        assert at_ms is not None  # noqa: S101 - prepared
        author = author_of(ask)
        made = await self.desk.open(tx, aware_at_ms=at_ms, author=author, now_ms=ask.now_ms)
        file = await self.desk.find(tx, made.number)
        until = clock_time(deadline_ms(made))
        said = f"Entered as {made.number}. The authority is to be told by {until}."
        return question(file, said=said)


@dataclass(frozen=True, slots=True)
class Write:
    """Writes a field, or corrects it."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what would be written; without a text, ask for it."""
        if len(ask.args) < 2:  # noqa: PLR2004 - a number and a field
            return usage(ask)
        number, name = ask.args[:2]
        field = BY_NAME.get(name.partition(":")[0])
        if field is None:
            return ANSWERED.field(name)

        async def look() -> Act | Found:
            file = await self.desk.find(tx, number)
            text = text_after(ask, 2)
            if not text:
                return question(file, name)
            fault = field.fault_of(text)
            if fault:
                return question(file, name, said=fault)
            return Act(file.breach.number, content=f"{name}\n{text}".encode())

        return await refusing(look)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Write it, and ask what is still missing."""
        name, text = ask.args[1], text_after(ask, 2)

        async def write() -> Found:
            file = await self.desk.write(
                tx, act.object, name, text, author=author_of(ask), now_ms=ask.now_ms
            )
            return replace(question(file, after=name, said="Written."), what="/breach write")

        return await refusing(write)


@dataclass(frozen=True, slots=True)
class Record:
    """Puts on record what was done about a breach."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what would be on record."""
        text = text_after(ask, 2)
        if not text or ask.args[1] not in _RECORDED:
            return usage(ask)

        async def look() -> Act | Found:
            file = await self.desk.find(tx, ask.args[0])
            number, what = file.breach.number, _RECORDED[ask.args[1]]
            summary = f"{number}, on record: {what.replace('_', ' ')}: {text}"
            return Act(number, content=f"{what}\n{text}".encode(), summary=summary)

        return await refusing(look)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Put it on record."""
        what, author = _RECORDED[ask.args[1]], author_of(ask)

        async def write() -> Found:
            await self.desk.record(
                tx, act.object, what, text_after(ask, 2), author=author, now_ms=ask.now_ms
            )
            return done(ask, act, "On record.")

        return await refusing(write)


@dataclass(frozen=True, slots=True)
class Public:
    """Shows the public text on our privacy page, or hides it."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what everybody would read."""
        if len(ask.args) != 2 or ask.args[1] not in _SHOWN:  # noqa: PLR2004 - a number, and what is wanted
            return usage(ask)

        async def look() -> Act | Found:
            number = (await self.desk.find(tx, ask.args[0])).breach.number
            text = await self.desk.draft(tx, number, "public", now_ms=ask.now_ms)
            shown = "is shown on" if ask.args[1] == "show" else "goes from"
            summary = f"{number}: the public text {shown} our privacy page."
            return Act(number, content=f"{ask.args[1]}\n{text}".encode(), summary=summary)

        return await refusing(look)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Show or hide it; that it was shown is on record."""
        value, author = _SHOWN[ask.args[1]], author_of(ask)

        async def write() -> Found:
            await self.desk.record(tx, act.object, ON_PAGE, value, author=author, now_ms=ask.now_ms)
            return done(ask, act, "The page shows it." if value == "yes" else "It is gone.")

        return await refusing(write)


@dataclass(frozen=True, slots=True)
class Tell:
    """Tells people; the gate wants two admins, or lets time pass where there is one."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say how many people would be told, and what they would read."""
        if not ask.args:
            return usage(ask)

        async def look() -> Act | Found:
            number = (await self.desk.find(tx, ask.args[0])).breach.number
            if len(ask.args) == 1:
                return Found("/breach audience", facts={"number": number})
            pages, categories = self._audience(ask)
            plan = await self.desk.plan(
                tx, number, pages=pages, categories=categories, now_ms=ask.now_ms
            )
            notices = self.desk.store.breach_notices
            count = await notices.count_audience(tx, plan, now_ms=ask.now_ms)
            read = plan.texts[plan.default_language]
            summary = f"{number}: {count} people on {len(pages)} Pages are told this:\n\n{read}"
            return Act(number, content=plan.to_bytes(), summary=summary)

        return await refusing(look)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Begin; a job tells them one portion after the other."""
        pages, categories = self._audience(ask)

        async def tell() -> Found:
            await self.desk.tell(
                tx,
                act.object,
                pages=pages,
                categories=categories,
                author=author_of(ask),
                now_ms=ask.now_ms,
            )
            return done(ask, act, f"People are being told. /breach {act.object} shows how far.")

        return await refusing(tell)

    def _audience(self, ask: Ask) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Take apart "all", or ids of Pages with commas between, and kinds of data behind them."""
        every = tuple(page.id for page in self.desk.settings.pages)
        named = ask.args[1]
        pages = every if named == _EVERYBODY else tuple(named.split(","))
        return pages, tuple(ask.args[2:])


@dataclass(frozen=True, slots=True)
class Close:
    """Closes an entry."""

    desk: BreachDesk

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say that nothing more is reminded of; what is missing for the register is named."""
        if len(ask.args) != 1:
            return usage(ask)

        async def look() -> Act | Found:
            number = (await self.desk.find(tx, ask.args[0])).breach.number
            text = await self.desk.draft(tx, number, "register", now_ms=ask.now_ms)
            summary = f"{number} is closed. It stays in the register; corrections can follow."
            return Act(number, content=text.encode(), summary=summary)

        return await refusing(look)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Close it."""

        async def close() -> Found:
            await self.desk.close(tx, act.object, author=author_of(ask), now_ms=ask.now_ms)
            return done(ask, act, "Closed.")

        return await refusing(close)


def breach_commands(desk: BreachDesk) -> "dict[str, Command]":
    """Return everything that /breach can do."""
    return {
        "breach": Register(desk),
        "breach open": Open(desk),
        "breach next": Next(desk),
        "breach write": Write(desk),
        "breach draft": Drafts(desk),
        "breach record": Record(desk),
        "breach tell": Tell(desk),
        "breach public": Public(desk),
        "breach close": Close(desk),
    }


def text_after(ask: Ask, words: int) -> str:
    """Return what was typed behind so many words, in one line."""
    return " ".join(ask.rest.split()[words:])


def done(ask: Ask, act: Act, said: str) -> Found:
    """Return that something was done to an entry."""
    return Found(f"/{ask.command}", facts={"number": act.object, "said": said})


def _aware_at_ms(ask: Ask) -> int | None:
    """Return the time that was typed; None where it is none."""
    at = aware_time(ask.rest)
    return None if at is None else to_ms(at)
