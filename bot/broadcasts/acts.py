"""What is done with one broadcast, inside a transaction of the caller's."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.broadcasts import content as contents
from bot.broadcasts.content import Content, Link
from bot.broadcasts.errors import DraftRefused, NoSuchBroadcast, WrongState
from bot.broadcasts.leave import Leave
from bot.broadcasts.occurring import expires_ms, schedule_of
from bot.broadcasts.preview import Preview, preview
from bot.broadcasts.printing import Printer
from bot.broadcasts.schedule import Schedule, as_kept_ms, check, first_at_ms
from bot.outbound.doubt import RESENDS
from bot.settings import Settings
from storage import KeyLost, NewMessage, PersonId, Store, Transaction
from storage.broadcasts.records import Broadcast, NewBroadcast, State
from storage.links import UNSUBSCRIBE_MS

_HOUR_MS = 3_600_000
_MAX_TITLE_CHARS = 64
_MAX_USEFUL_HOURS = 24 * 30


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast as an admin writes it."""

    page_id: str
    purpose_id: str
    title: str
    #: By language; the default language must be among them.
    texts: Mapping[str, str]
    #: The number of the admin who writes it.
    made_by: str
    schedule: Schedule = field(default_factory=Schedule)
    #: For how long it is of use, from when it is due.
    useful_hours: int = 24
    picture_url: str = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Acts:
    """Makes and changes broadcasts; who may do it is for the caller to ask."""

    settings: Settings
    store: Store
    printer: Printer
    leave: Leave

    async def add(self, tx: Transaction, draft: Draft, *, now_ms: int) -> int:
        """Keep a draft; return the number of the broadcast.

        Raises:
            DraftRefused: It can't be sent so; its facts say what was found, and where.
        """
        return await self.store.broadcasts.add(tx, self._new(draft), now_ms=now_ms)

    async def rewrite(self, tx: Transaction, number: int, draft: Draft) -> None:
        """Put other words into a draft; raises as `add` does, or WrongState."""
        if not await self.store.broadcasts.rewrite(tx, number, self._new(draft)):
            raise WrongState(number=number)

    async def copy(self, tx: Transaction, number: int, *, made_by: str, now_ms: int) -> int:
        """Make a draft of what another broadcast says; return its number."""
        found = await self.get(tx, number)
        what = replace(found.what, made_by=made_by)
        return await self.store.broadcasts.add(tx, what, now_ms=now_ms)

    async def try_out(self, tx: Transaction, number: int, person: PersonId, *, now_ms: int) -> None:
        """Send a broadcast to one admin alone, exactly as everybody would get it.

        Raises:
            NoSuchBroadcast: It is none.
            KeyLost: The key of that admin is missing.
        """
        found = await self.get(tx, number)
        who = await self.store.people.get(tx, person)
        if who is None or not who.key:
            raise KeyLost
        tokens = await self.store.links.make_lasting(
            tx,
            {person: who.key},
            "unsubscribe",
            about=found.what.purpose_id,
            now_ms=now_ms,
            expires_at_ms=now_ms + UNSUBSCRIBE_MS,
        )
        url = f"{self.settings.server.public_url}/unsubscribe/{tokens[person]}"
        given = await self.store.details.of(tx, person, who.key)
        name = given["name"].value if "name" in given else None
        content = contents.from_kept(found.what.content)
        parts = self.printer.parts(found, content, who.language, name=name, url=url)
        await self.store.outbox.add(
            tx,
            [
                NewMessage(
                    person_id=person,
                    page_id=who.page_id,
                    key=who.key,
                    body=body,
                    kind="answer",
                    due_at_ms=now_ms,
                    expires_at_ms=who.window_ends_at_ms,
                    resends_left=RESENDS["answer"],
                )
                for body in parts
            ],
        )

    async def schedule(
        self,
        tx: Transaction,
        number: int,
        schedule: Schedule,
        *,
        by: str,
        is_for_many: bool,
        now_ms: int,
    ) -> int:
        """Let a draft be sent; return when, as milliseconds.

        Args:
            tx: The transaction.
            number: Which.
            schedule: When.
            by: Who lets it go, and answers for it where nobody else does.
            is_for_many: Whether it may go to more people than one admin may send to.
            now_ms: The present time.

        Raises:
            WrongState: It is no draft any more.
            DraftRefused: That time is over, or the zone is unknown.
        """
        first_ms = await self.plan(tx, number, schedule, now_ms=now_ms)
        await self.move(tx, number, ("draft",), "scheduled")
        await self._let_go(tx, number, by=by, is_for_many=is_for_many)
        return first_ms

    async def resume(self, tx: Transaction, number: int, *, by: str, is_for_many: bool) -> None:
        """Let a paused broadcast go on where it was; `by` answers for it where nobody else does."""
        found = await self.get(tx, number)
        await self.move(tx, number, ("paused",), "scheduled")
        await self._let_go(tx, number, by=by, is_for_many=is_for_many or found.is_for_many)

    async def plan(self, tx: Transaction, number: int, schedule: Schedule, *, now_ms: int) -> int:
        """Note when a broadcast is to be sent; raises as `schedule` does."""
        check(schedule)
        first_ms = first_at_ms(schedule, now_ms)
        found = await self.get(tx, number)
        if first_ms + found.what.useful_ms <= now_ms:
            raise DraftRefused(found="time")
        await self.store.broadcasts.put_on(
            tx,
            number,
            cron=schedule.cron,
            zone=schedule.zone,
            is_local=schedule.is_local,
            is_urgent=schedule.is_urgent,
        )
        await self.store.broadcasts.set_next(tx, number, first_ms)
        return first_ms

    async def preview(
        self, tx: Transaction, found: Broadcast, schedule: Schedule, *, now_ms: int
    ) -> Preview:
        """Count whom a broadcast would reach on this schedule, and which way."""
        return await preview(
            tx,
            self.store,
            schedule,
            what=found.what,
            per_s=self.settings.pace.broadcasts_per_s,
            sends_mail=self.settings.mail is not None,
            now_ms=now_ms,
        )

    async def cancel(self, tx: Transaction, number: int) -> None:
        """End a broadcast for good; whoever carries it out then drops what waits."""
        await self.move(tx, number, ("draft", "scheduled", "paused"), "cancelled")
        await self.store.broadcasts.set_next(tx, number, None)

    async def has_missed(self, tx: Transaction, number: int) -> bool:
        """Tell whether an occurrence was missed, and waits for an admin's word."""
        return any(run.state == "missed" for run in await self.store.runs.list_of(tx, number))

    async def start_missed(
        self, tx: Transaction, number: int, *, is_for_many: bool, now_ms: int
    ) -> int:
        """Send what was missed last, as if it were due now; return how many occurrences begin."""
        found = await self.get(tx, number)
        for_many = is_for_many or found.is_for_many
        await self.store.broadcasts.set_for_many(tx, number, is_for_many=for_many)
        occurs_at_ms = as_kept_ms(schedule_of(found), now_ms)
        return await self.store.runs.revive_missed(
            tx,
            number,
            occurs_at_ms=occurs_at_ms,
            expires_at_ms=expires_ms(found, occurs_at_ms),
            now_ms=now_ms,
        )

    async def drop_missed(self, tx: Transaction, number: int, *, now_ms: int) -> int:
        """Never send occurrences that were missed; return how many."""
        await self.get(tx, number)
        return await self.store.runs.drop_missed(tx, number, now_ms=now_ms)

    async def move(
        self,
        tx: Transaction,
        number: int,
        from_: tuple[State, ...],
        to: State,
        reason: str | None = None,
    ) -> None:
        """Take a broadcast to another state.

        Raises:
            WrongState: It is in none of those it could be taken from.
        """
        await self.get(tx, number)
        if not await self.store.broadcasts.move(tx, number, from_=from_, to=to, reason=reason):
            raise WrongState(number=number)

    async def get(self, tx: Transaction, number: int) -> Broadcast:
        """Return a broadcast as it stands.

        Raises:
            NoSuchBroadcast: None has that number.
        """
        found = await self.store.broadcasts.get(tx, number)
        if found is None:
            raise NoSuchBroadcast(number=number)
        return found

    async def _let_go(self, tx: Transaction, number: int, *, by: str, is_for_many: bool) -> None:
        await self.leave.take_over(tx, await self.get(tx, number), by)
        await self.store.broadcasts.set_for_many(tx, number, is_for_many=is_for_many)

    def _new(self, draft: Draft) -> NewBroadcast:
        purposes = {one.id: one for one in self.settings.purposes}
        if draft.purpose_id not in purposes:
            raise DraftRefused(found="purpose")
        if draft.page_id not in {page.id for page in self.settings.pages}:
            raise DraftRefused(found="page")
        if not 0 < len(draft.title.strip()) <= _MAX_TITLE_CHARS:
            raise DraftRefused(found="title", limit=_MAX_TITLE_CHARS)
        if not 0 < draft.useful_hours <= _MAX_USEFUL_HOURS:
            raise DraftRefused(found="useful_hours", limit=_MAX_USEFUL_HOURS)
        check(draft.schedule)
        content = Content(dict(draft.texts), draft.picture_url, draft.link)
        languages = self.settings.languages
        contents.check(
            content,
            default=languages.default,
            offered=tuple(languages.offered),
            controller=self.printer.controller(draft.page_id),
            titles={code: self.printer.title(draft.purpose_id, code) for code in languages.offered},
        )
        return NewBroadcast(
            page_id=draft.page_id,
            purpose_id=draft.purpose_id,
            kind=purposes[draft.purpose_id].klass,
            title=draft.title.strip(),
            content=contents.to_kept(content),
            cron=draft.schedule.cron,
            zone=draft.schedule.zone,
            is_local=draft.schedule.is_local,
            is_urgent=draft.schedule.is_urgent,
            useful_ms=draft.useful_hours * _HOUR_MS,
            made_by=draft.made_by,
        )


def acts_of(settings: Settings, store: Store) -> Acts:
    """Return what is done with broadcasts in a deployment."""
    leave = Leave(store, settings.pace.two_admins_above)
    return Acts(settings, store, Printer(settings, store), leave)
