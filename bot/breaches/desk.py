"""What is done with an entry of the register: opened, written, drafted, told, published, closed."""

from dataclasses import dataclass
from typing import Final

from bot.breaches.clock import deadline_ms
from bot.errors import BotError
from bot.settings import Settings
from bot.turns.state import to_time
from flows.breaches.drafts import Known, draft_text, notices, require
from flows.breaches.fields import BY_NAME, DRAFTS, TRANSLATED, Draft, in_language
from flows.breaches.words import public_text
from storage import Store, Transaction
from storage.alerts import AlertKind
from storage.breach_audience import CATEGORIES
from storage.breach_notices import Plan, Unreached
from storage.breaches import AUTHORITY_TOLD, CLOSED, NOT_NOTIFIED, ON_PAGE, Breach, File, Line

#: What is on record beside the fields: who was told, where something was published.
RECORDS: Final = {
    AUTHORITY_TOLD: "The authority was told",
    NOT_NOTIFIED: "The authority is not to be told, because",
    "meta_told": "Meta was told",
    "published_page": "Published on the Page",
    "published_greeting": "Published in the greeting",
    "published_website": "Published on the website",
    ON_PAGE: "On our privacy page",
    CLOSED: "Closed",
}
_MAX_RECORD_CHARS: Final = 300
#: So many of those who were not reached are listed at once.
LISTED: Final = 50


class NoSuchBreach(BotError):
    """The register has no entry of that number."""

    advice = "`chatmagico breach list` shows them."


class NotWritable(BotError):
    """That is no field of the register, or no value that it takes."""

    advice = "Look at what the question asks for."


class AlreadyClosed(BotError):
    """The entry was closed already."""

    advice = "Corrections can still be added."


@dataclass(frozen=True, slots=True)
class Reach:
    """How far people were told."""

    #: How many notices are in which state.
    counts: dict[str, int]
    #: Who was not told yet, at most LISTED of them.
    unreached: tuple[Unreached, ...]


@dataclass(frozen=True, slots=True)
class BreachDesk:
    """Where breaches are worked on; whoever calls it has asked the gate."""

    settings: Settings
    store: Store

    async def open(self, tx: Transaction, *, aware_at_ms: int, author: str, now_ms: int) -> Breach:
        """Open an entry; the contact is the configured one until somebody writes another.

        Raises:
            AwareInFuture: Nobody can have become aware later than now.
        """
        made = await self.store.breaches.open(tx, aware_at_ms=aware_at_ms, now_ms=now_ms)
        controller = self.settings.controller
        contact = controller.dpo or controller.email
        if contact:
            line = Line("contact", contact, author, now_ms)
            await self.store.breaches.write(tx, made.breach_id, [line])
        return made

    async def write(
        self, tx: Transaction, number: str, name: str, value: str, *, author: str, now_ms: int
    ) -> File:
        """Write a field, or correct it: what stood there stays in the register.

        Raises:
            NoSuchBreach: There is none of this number.
            NotWritable: There is no such field, or its value is none.
        """
        value = " ".join(value.split())
        self._require_writable(name, value)
        file = await self.find(tx, number)
        line = Line(name, value, author, now_ms)
        await self.store.breaches.write(tx, file.breach.breach_id, [line])
        return File(file.breach, (*file.lines, line))

    async def record(
        self, tx: Transaction, number: str, what: str, value: str, *, author: str, now_ms: int
    ) -> None:
        """Put on record what was done about it: who was told, where it was published.

        Raises:
            NoSuchBreach: There is none of this number.
            NotWritable: Nothing like that is put on record.
            DraftBlocked: It is the public text on our page, and that cannot be made yet.
        """
        if what not in RECORDS or what == CLOSED or not 0 < len(value) <= _MAX_RECORD_CHARS:
            raise NotWritable(field=what)
        file = await self.find(tx, number)
        if what == ON_PAGE and value == "yes":
            require("public", self.known(file, now_ms=now_ms))
        line = Line(what, value, author, now_ms)
        await self.store.breaches.write(tx, file.breach.breach_id, [line])
        if what in {AUTHORITY_TOLD, NOT_NOTIFIED}:  # its clock has stopped
            await self._settle(tx, file, now_ms)

    async def close(self, tx: Transaction, number: str, *, author: str, now_ms: int) -> None:
        """Close an entry; the numbers of people told stay with it.

        Raises:
            NoSuchBreach: There is none of this number.
            AlreadyClosed: It was closed before.
            DraftBlocked: The register lacks something that Art. 33(5) asks for.
        """
        file = await self.find(tx, number)
        if not file.is_open:
            raise AlreadyClosed
        require("register", self.known(file, now_ms=now_ms))
        counts = await self.store.breach_notices.count(tx, file.breach.breach_id)
        told = ", ".join(f"{state}: {count}" for state, count in sorted(counts.items()))
        line = Line(CLOSED, told or "nobody was to be told", author, now_ms)
        await self.store.breaches.write(tx, file.breach.breach_id, [line])
        await self._settle(tx, file, now_ms)

    async def _settle(self, tx: Transaction, file: File, now_ms: int) -> None:
        await self.store.alerts.settle(tx, AlertKind.BREACH, file.breach.number, now_ms=now_ms)

    async def draft(self, tx: Transaction, number: str, which: Draft, *, now_ms: int) -> str:
        """Return a draft.

        Raises:
            NoSuchBreach: There is none of this number.
            DraftBlocked: Something that it needs is not known yet.
        """
        return draft_text(which, self.known(await self.find(tx, number), now_ms=now_ms))

    async def tell(
        self,
        tx: Transaction,
        number: str,
        *,
        pages: tuple[str, ...],
        categories: tuple[str, ...],
        author: str,
        now_ms: int,
    ) -> bytes:
        """Begin to tell people; the gate has seen to it that two admins want that.

        Raises:
            NoSuchBreach: There is none of this number.
            DraftBlocked: Something that people have to be told is not known yet.
            NotWritable: A Page or a kind of data is none of this deployment.
        """
        plan = await self.plan(tx, number, pages=pages, categories=categories, now_ms=now_ms)
        file = await self.find(tx, number)
        telling = await self.store.breach_notices.begin(
            tx, file.breach.breach_id, plan, now_ms=now_ms
        )
        about = f"Pages: {len(pages)}; {', '.join(categories) or 'everybody'}"
        line = Line("people_told", about, author, now_ms)
        await self.store.breaches.write(tx, file.breach.breach_id, [line])
        return telling.telling_id

    async def plan(
        self,
        tx: Transaction,
        number: str,
        *,
        pages: tuple[str, ...],
        categories: tuple[str, ...],
        now_ms: int,
    ) -> Plan:
        """Return what would be told, and to whom; see `tell` for what it raises."""
        known = {page.id for page in self.settings.pages}
        if not pages or not known.issuperset(pages) or not CATEGORIES.keys() >= set(categories):
            raise NotWritable(field="audience")
        texts = notices(self.known(await self.find(tx, number), now_ms=now_ms))
        default = self.settings.languages.default
        return Plan(texts, pages, categories, default_language=default)

    async def reach(self, tx: Transaction, file: File) -> Reach:
        """Return how far people were told."""
        notices, breach_id = self.store.breach_notices, file.breach.breach_id
        counts = await notices.count(tx, breach_id)
        unreached = await notices.list_unreached(tx, breach_id, limit=LISTED)
        return Reach(counts, tuple(unreached))

    async def find(self, tx: Transaction, number: str) -> File:
        """Return an entry with everything that was written about it.

        Raises:
            NoSuchBreach: There is none of this number.
        """
        file = await self.store.breaches.find(tx, number)
        if file is None:
            raise NoSuchBreach
        return file

    def known(self, file: File, *, now_ms: int) -> Known:
        """Return what drafts of an entry are made from."""
        settings = self.settings
        default = settings.languages.default
        offered = dict.fromkeys((default, *settings.languages.offered))
        return Known(
            number=file.breach.number,
            aware_at=to_time(file.breach.aware_at_ms),
            values=file.values,
            controller=settings.controller.name or settings.pages[0].name,
            languages=tuple(offered),
            url=f"{settings.server.public_url}/privacy",
            is_late=file.runs and now_ms > deadline_ms(file.breach),
        )

    def _require_writable(self, name: str, value: str) -> None:
        plain, _, language = name.partition(":")
        field = BY_NAME.get(plain)
        is_known = not language or (
            plain in TRANSLATED and language in self.settings.languages.offered
        )
        if field is None or not is_known or name != in_name(plain, language):
            raise NotWritable(field=plain)
        if field.fault_of(value) is not None:
            raise NotWritable(field=plain)


def in_name(plain: str, language: str) -> str:
    """Return the full name of a field, with its language where it is a translation."""
    return in_language(plain, language) if language else plain


async def public_texts(settings: Settings, store: Store, language: str) -> list[str]:
    """Return what our privacy page tells of breaches now: the words that a code was given for."""
    async with store.read(is_quick=True) as tx:
        files = await store.breaches.list_published(tx)
    controller = settings.controller.name or settings.pages[0].name
    return [
        public_text(language, file.published, controller=controller)
        for file in files
        if file.published
    ]


__all__ = ["DRAFTS", "LISTED", "RECORDS", "BreachDesk", "Reach", "public_texts"]
