"""Where broadcasts are written, tried, scheduled and watched: the one door for chat and commands.

Every act of an admin is a method here; who may do it is for the caller to ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.broadcasts import content as contents
from bot.broadcasts.broadcaster import expires_ms, schedule_of
from bot.broadcasts.content import Content, Link
from bot.broadcasts.errors import DraftRefused, NoSuchBroadcast, WrongState
from bot.broadcasts.preview import Preview, preview
from bot.broadcasts.printing import Printer
from bot.broadcasts.reporting import Report, report_of
from bot.broadcasts.schedule import Schedule, as_kept_ms, check, first_at_ms
from bot.outbound.doubt import RESENDS
from bot.settings import Settings
from storage import KeyLost, NewMessage, PersonId, Store, Transaction
from storage.broadcasts.records import Broadcast, NewBroadcast, RunState, State
from storage.links import UNSUBSCRIBE_MS

_HOUR_MS = 3_600_000
#: So many rows are changed in one transaction.
_AT_ONCE = 1_000
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
class Desk:
    """Makes, changes and tells of broadcasts."""

    settings: Settings
    store: Store
    printer: Printer

    async def draft(self, draft: Draft, *, now_ms: int) -> int:
        """Keep a draft; return the number of the broadcast.

        Raises:
            DraftRefused: It can't be sent so; its facts say what was found, and where.
        """
        new = self._new(draft)
        async with self.store.write() as tx:
            return await self.store.broadcasts.add(tx, new, now_ms=now_ms)

    async def rewrite(self, number: int, draft: Draft) -> None:
        """Put other words into a draft; raises as `draft` does, or WrongState."""
        new = self._new(draft)
        async with self.store.write() as tx:
            if not await self.store.broadcasts.rewrite(tx, number, new):
                raise WrongState(number=number)

    async def copy(self, number: int, *, made_by: str, now_ms: int) -> int:
        """Make a draft of what another broadcast says; return its number."""
        async with self.store.write() as tx:
            found = await self._get(tx, number)
            what = NewBroadcast(
                **{
                    name: getattr(found.what, name)
                    for name in NewBroadcast.__dataclass_fields__
                    if name != "made_by"
                },
                made_by=made_by,
            )
            return await self.store.broadcasts.add(tx, what, now_ms=now_ms)

    async def preview(self, number: int, schedule: Schedule, *, now_ms: int) -> Preview:
        """Count whom a broadcast would reach on this schedule, and which way."""
        async with self.store.read() as tx:
            found = await self._get(tx, number)
        return await preview(
            self.store,
            schedule,
            what=found.what,
            per_s=self.settings.pace.broadcasts_per_s,
            sends_mail=self.settings.mail is not None,
            now_ms=now_ms,
        )

    async def try_out(self, tx: Transaction, number: int, person: PersonId, *, now_ms: int) -> None:
        """Send a broadcast to one admin alone, exactly as everybody would get it.

        Raises:
            NoSuchBroadcast: It is none.
            KeyLost: The key of that admin is missing.
        """
        found = await self._get(tx, number)
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

    async def schedule(self, number: int, schedule: Schedule, *, now_ms: int) -> int:
        """Let a draft be sent; return when, as milliseconds.

        Raises:
            WrongState: It is no draft any more.
            DraftRefused: That time is over, or the zone is unknown.
        """
        check(schedule)
        first_ms = first_at_ms(schedule, now_ms)
        async with self.store.write() as tx:
            found = await self._get(tx, number)
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
            await self._move(tx, number, ("draft",), "scheduled")
            await self.store.broadcasts.set_next(tx, number, first_ms)
        return first_ms

    async def pause(self, number: int, *, reason: str = "asked for") -> None:
        """Let nothing more of a broadcast begin to leave, from the next claim on."""
        async with self.store.write() as tx:
            await self._move(tx, number, ("scheduled",), "paused", reason)

    async def resume(self, number: int) -> None:
        """Let a paused broadcast go on where it was."""
        async with self.store.write() as tx:
            await self._move(tx, number, ("paused",), "scheduled")

    async def start_missed(self, number: int, *, now_ms: int) -> int:
        """Send what was missed last, as if it were due now; return how many occurrences begin."""
        async with self.store.write() as tx:
            found = await self._get(tx, number)
            schedule = schedule_of(found)
            return await self.store.runs.revive_missed(
                tx,
                number,
                occurs_at_ms=as_kept_ms(schedule, now_ms),
                expires_at_ms=expires_ms(found, as_kept_ms(schedule, now_ms)),
                now_ms=now_ms,
            )

    async def drop_missed(self, number: int, *, now_ms: int) -> int:
        """Never send occurrences that were missed; return how many."""
        async with self.store.write() as tx:
            await self._get(tx, number)
            return await self.store.runs.drop_missed(tx, number, now_ms=now_ms)

    async def cancel(self, number: int, *, now_ms: int) -> None:
        """End a broadcast for good; what has begun to leave arrives, nothing else does."""
        states: tuple[State, ...] = ("draft", "scheduled", "paused")
        async with self.store.write() as tx:
            await self._move(tx, number, states, "cancelled")
            await self.store.broadcasts.set_next(tx, number, None)
            runs = await self.store.runs.list_of(tx, number)
        open_: tuple[RunState, ...] = ("making", "sending", "missed")
        for run in runs:
            if run.state not in open_:
                continue
            while await self._drop_some(run.run_id, now_ms):
                pass
            async with self.store.write() as tx:
                await self.store.runs.move(tx, run.run_id, "cancelled", now_ms=now_ms)

    async def show(self, number: int) -> Broadcast:
        """Return a broadcast as it stands."""
        async with self.store.read() as tx:
            return await self._get(tx, number)

    async def list_all(self) -> list[Broadcast]:
        """Return the newest broadcasts."""
        async with self.store.read() as tx:
            return await self.store.broadcasts.list_all(tx)

    async def report(self, number: int) -> Report:
        """Count what came of a broadcast so far, by lane and outcome."""
        async with self.store.read() as tx:
            return await report_of(tx, self.store, await self._get(tx, number))

    async def _drop_some(self, run_id: bytes, now_ms: int) -> bool:
        async with self.store.write() as tx:
            return await self.store.drop_of_run(tx, run_id, now_ms=now_ms, limit=_AT_ONCE) > 0

    async def _move(
        self,
        tx: Transaction,
        number: int,
        from_: tuple[State, ...],
        to: State,
        reason: str | None = None,
    ) -> None:
        await self._get(tx, number)
        if not await self.store.broadcasts.move(tx, number, from_=from_, to=to, reason=reason):
            raise WrongState(number=number)

    async def _get(self, tx: Transaction, number: int) -> Broadcast:
        found = await self.store.broadcasts.get(tx, number)
        if found is None:
            raise NoSuchBroadcast(number=number)
        return found

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


def desk_of(settings: Settings, store: Store) -> Desk:
    """Return where broadcasts are worked on, beside a running bot or within it."""
    return Desk(settings, store, Printer(settings, store))
