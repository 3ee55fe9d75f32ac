"""One batch of turns, in one transaction: everybody loaded, stepped, and written back together."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bot.breaches.handing import hand_notices
from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.policy.terms import Terms
from bot.turns.conversation import Conversation
from bot.turns.lookups import Asked, Lookups
from bot.turns.rescue import Rescued, rescue
from bot.turns.state import to_time
from bot.turns.stopped import forwarded
from bot.turns.untold import Untold
from flows.kit.effects import EraseMe
from storage import (
    ConsentStatus,
    KnownPerson,
    PendingEvent,
    PersonId,
    Store,
    Transaction,
)
from storage.news import News, news_of
from storage.unknown_texts import count_unknown

#: After so many events the loop is let go, so that nothing else waits longer than some ms.
_EVENTS_PER_SLICE = 20
_RETRY_AFTER_MS = 1_000
#: So often one event may ask for something.
_MOST_ROUNDS = 4


@dataclass(slots=True)
class _Done:
    talks: list[Conversation] = field(default_factory=list)
    rescued: list[Rescued] = field(default_factory=list)
    parked: int = 0
    #: Of whom something may be kept that nothing needs any more.
    loosened: list[tuple[KnownPerson, Mapping[str, ConsentStatus]]] = field(default_factory=list)

    @property
    def not_understood(self) -> int:
        return sum(talk.not_understood for talk in self.talks)

    @property
    def everyone(self) -> list[Conversation | Rescued]:
        return [*self.talks, *self.rescued]


class Batches:
    """Takes people through their pending events."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        terms: Terms,
        lookups: Lookups,
        metrics: Metrics,
    ) -> None:
        self._lookups = lookups
        self._store = store
        self._clock = clock
        self._terms = terms
        self._metrics = metrics
        #: Whom the last batch was about, also where it failed.
        self.people: list[PersonId] = []
        self.has_answers = False
        self._taken = 0
        self._unsent: set[PersonId] = set()
        self._news: Mapping[PersonId, News] = {}
        #: Which version of the notice those know of who know none as new as the newest.
        self._untold: Mapping[PersonId, int] = {}

    async def handle(self, *, most_people: int, most_events: int | None = None) -> int:
        """Handle pending events; return how many.

        Args:
            most_people: Take so many people at most.
            most_events: Take so many events of each at most, to find the one at fault.

        Raises:
            StorageRefused: The database does not take what comes of it, so nothing was written.
        """
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            people = await self._store.people.claim_with_events(
                tx, now_ms=now_ms, limit=most_people
            )
            self.people = [person.person_id for person in people]
            if not people:
                return 0
            pending = await self._pending(tx, most_events)
            statuses = await self._store.consents.find(tx, self.people)
            self._unsent = await self._store.outbox.list_unsent(tx, self.people)
            self._news = await news_of(
                tx, self._store.accesses, self._store.cases, self.people, now_ms=now_ms
            )
            self._untold = await self._list_untold(tx)
            done = _Done()
            for person in people:
                events = pending.get(person.person_id, [])
                await self._serve(tx, person, statuses[person.person_id], events, done, now_ms)
            await self._write(tx, done, now_ms)
        self._metrics.not_understood(done.not_understood)
        self.has_answers = any(one.messages for one in done.everyone)
        handled = sum(len(one.handled) for one in done.everyone)
        self._metrics.batch("dispatch", handled)
        return handled + done.parked

    async def park_first_of(self, person: PersonId, reason: str) -> None:
        """Give up on a person's next event: the database refuses what comes of it."""
        async with self._store.write(is_quick=True) as tx:
            for event in (await self._store.inbox.list_pending(tx, [person]))[:1]:
                if event.attempts:
                    await self._park(tx, event, reason)
                else:
                    await self._set_aside(tx, event, reason, self._clock.now_ms())

    async def _list_untold(self, tx: Transaction) -> Mapping[PersonId, int]:
        newest = self._terms.newest
        if newest == 1:
            return {}  # the first version is told of by the first words of every chat
        return await self._store.policy_tellings.list_untold(tx, self.people, newest=newest)

    async def _pending(
        self, tx: Transaction, most_events: int | None
    ) -> dict[PersonId, list[PendingEvent]]:
        pending: dict[PersonId, list[PendingEvent]] = defaultdict(list)
        for event in await self._store.inbox.list_pending(tx, self.people):
            if most_events is None or len(pending[event.person_id]) < most_events:
                pending[event.person_id].append(event)
        return pending

    async def _serve(
        self,
        tx: Transaction,
        person: KnownPerson,
        statuses: Mapping[str, ConsentStatus],
        events: Sequence[PendingEvent],
        done: _Done,
        now_ms: int,
    ) -> None:
        rules = self._terms.rules.get(person.page_id)
        if rules is None:
            done.parked += await self._park_all(tx, events, "PageNotConfigured")
            return
        reason = person.trouble
        if reason is None:
            try:
                has_unsent = person.person_id in self._unsent
                news = self._news.get(person.person_id, News())
                knows = self._untold.get(person.person_id)
                policy = None if knows is None else self._terms.news_since(knows)
                untold = Untold(person.person_id, news, policy)
                talk = Conversation(person, statuses, rules, has_unsent=has_unsent, untold=untold)
            except msgspec.MsgspecError as unknown:
                reason = type(unknown).__name__
            else:
                done.parked += await self._talk(tx, talk, events, now_ms)
                done.talks.append(talk)
                if talk.has_loosened:
                    done.loosened.append((talk.person, talk.acts.statuses))
                return
        rescued = rescue(person, statuses, events, rules, now_ms=now_ms)
        done.rescued.append(rescued)
        if rescued.acts.has_ended_any:
            done.loosened.append((person, rescued.acts.statuses))
        done.parked += await self._park_all(tx, rescued.parked, reason)

    async def _talk(
        self, tx: Transaction, talk: Conversation, events: Sequence[PendingEvent], now_ms: int
    ) -> int:
        parked = 0
        for event in events:
            self._taken += 1
            if self._taken % _EVENTS_PER_SLICE == 0:
                await asyncio.sleep(0)
            undo = talk.mark()
            try:
                is_over = await self._take(tx, talk, event, now_ms)
            except Exception as fault:  # noqa: BLE001 - the boundary: no flow's fault stops the others
                undo()
                name = type(fault).__name__
                if event.attempts == 0:
                    await self._set_aside(tx, event, name, now_ms)
                    break  # what came later waits, so that order holds
                parked += 1
                await self._park(tx, event, name)
                talk.give_up(event, now_ms=now_ms)
            else:
                talk.handled.append(event.inbox_id)
                if is_over:
                    break  # what comes after the order to erase is not looked at any more
        return parked

    async def _take(
        self, tx: Transaction, talk: Conversation, event: PendingEvent, now_ms: int
    ) -> bool:
        """Let one event happen, with everything it asks for; return whether it was the last."""
        asked = talk.take(event, now_ms=now_ms)
        if not asked:
            return False
        async with self._store.attempt(tx):
            return await self._answer(tx, talk, event, asked, now_ms)

    async def _answer(
        self,
        tx: Transaction,
        talk: Conversation,
        event: PendingEvent,
        asked: Sequence[Asked],
        now_ms: int,
    ) -> bool:
        is_over = False
        for _ in range(_MOST_ROUNDS):
            if not asked:
                break
            is_over = is_over or any(isinstance(one, EraseMe) for one in asked)
            at = to_time(event.platform_at_ms)
            found = [
                await self._lookups.answer(tx, talk.person, one, language=talk.language, at=at)
                for one in asked
            ]
            asked = [more for one in found for more in talk.hear_back(one, now_ms=now_ms)]
        return is_over

    async def _write(self, tx: Transaction, done: _Done, now_ms: int) -> None:
        everyone = done.everyone
        acts = [act for one in everyone for act in one.acts.noted]
        statuses = {at: status for one in everyone for at, status in one.acts.changed().items()}
        await self._store.consents.record(tx, acts, statuses, now_ms=now_ms)
        for person, standing in done.loosened:
            await self._lookups.details.giving.drop_unneeded(tx, person, standing)
        changed = [talk.changed for talk in done.talks]
        await self._store.people.change(tx, changed)
        await self._write_looks(tx, done, now_ms)
        await self._write_tellings(tx, done, now_ms)
        said = [one for each in everyone for one in each.messages]
        await self._store.outbox.add(
            tx, said + forwarded(everyone, self._terms.rules, now_ms=now_ms)
        )
        told = {talk.person: talk.language for talk in done.talks if talk.untold.hands_notices}
        await hand_notices(self._store, tx, told, now_ms=now_ms)
        await self._store.inbox.remove(tx, [one for each in everyone for one in each.handled])
        due = {
            talk.person.person_id: talk.timer_due_at_ms for talk in done.talks if talk.resets_timer
        }
        timers = {who: at_ms for who, at_ms in due.items() if at_ms is not None}
        await self._store.timers.replace(tx, list(due), timers)
        # Last: every node adds to this one row.
        await count_unknown(tx, done.not_understood, now_ms=now_ms)

    async def _write_looks(self, tx: Transaction, done: _Done, now_ms: int) -> None:
        """Note who was told of looks, and take back what is not to be pushed to anybody."""
        told = [look for talk in done.talks for look in talk.untold.told_looks]
        await self._store.accesses.mark_told(tx, told, now_ms=now_ms)
        quiet = {one.acts.person_id for one in done.everyone if one.acts.has_stopped}
        quiet |= {one.person.person_id for one in done.talks if one.has_restricted}
        await self._store.accesses.cancel_notices(tx, list(quiet))
        await self._store.breach_notices.hold_back(tx, list(quiet), now_ms=now_ms)

    async def _write_tellings(self, tx: Transaction, done: _Done, now_ms: int) -> None:
        """Note who was told of a version of the notice, and who answered it."""
        tellings, told = (
            self._store.policy_tellings,
            [one for talk in done.talks for one in talk.untold.tellings],
        )
        await tellings.note_told(tx, told, now_ms=now_ms)
        kept = [talk.person.person_id for talk in done.talks if talk.untold.has_kept]
        await tellings.note_kept(tx, kept, now_ms=now_ms)

    async def _set_aside(
        self, tx: Transaction, event: PendingEvent, reason: str, now_ms: int
    ) -> None:
        action(Action.EVENT_SET_ASIDE, error_class=reason)
        await self._store.inbox.set_aside(tx, event, due_at_ms=now_ms + _RETRY_AFTER_MS)

    async def _park_all(self, tx: Transaction, events: Sequence[PendingEvent], reason: str) -> int:
        for event in events:
            await self._park(tx, event, reason)
        return len(events)

    async def _park(self, tx: Transaction, event: PendingEvent, reason: str) -> None:
        await self._store.inbox.park(tx, event, reason)
        self._metrics.parked()
        action(Action.EVENT_PARKED, reason=reason)
