"""Takes people with pending events through their turns, many in one transaction.

A batch loads everybody in a handful of queries, steps each through their flow in memory, and
writes state, consents, replies and the removal of the events back together. An event whose step
raises is set aside, tried once more alone, then parked with a reason; the person gets an answer.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.turns.conversation import Conversation, Rules
from storage import (
    KnownPerson,
    PendingEvent,
    PersonId,
    StorageError,
    StorageRefused,
    Store,
    Transaction,
)

#: People in one transaction.
BATCH_PEOPLE = 100
#: After so many events the loop is let go, so that nothing else waits longer than some ms.
_EVENTS_PER_SLICE = 20
_RETRY_AFTER_MS = 1_000
#: While requests queue up, batches are three seconds apart at most.
_STEP_ASIDE_S = 0.02
_MOST_STEPS_ASIDE = 150
#: Nothing wakes the dispatcher for what another node took in, or for what becomes due.
_POLL_S = 0.5


class Dispatcher:
    """Handles pending events until told to stop."""

    def __init__(  # noqa: PLR0913 - one of each of its neighbours; they are wired in app.py
        self,
        store: Store,
        clock: Clock,
        rules: Mapping[str, Rules],
        metrics: Metrics,
        *,
        bell: asyncio.Event,
        gives_way: Callable[[], bool],
        wake_sender: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._metrics = metrics
        self._wake_sender = wake_sender
        self._bell = bell
        self._gives_way = gives_way
        self._is_stopping = False

    async def run(self) -> None:
        """Handle batches until stopped."""
        while not self._is_stopping:
            self._bell.clear()
            await self._give_way()
            while await self._handle_or_isolate() >= BATCH_PEOPLE:
                if self._is_stopping:
                    return
                await self._give_way()
            try:
                async with asyncio.timeout(_POLL_S):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _give_way(self) -> None:
        """Let a burst be acknowledged first, for a moment: answers may take longer than acks."""
        quiet = 0
        for _ in range(_MOST_STEPS_ASIDE):
            # Between two batches of acks it looks quiet: only twice in a row it is.
            quiet = 0 if self._gives_way() else quiet + 1
            if quiet > 1:
                return
            await asyncio.sleep(_STEP_ASIDE_S / 4)

    def stop(self) -> None:
        """Finish the batch that has begun, then end."""
        self._is_stopping = True
        self._bell.set()

    async def _handle_or_isolate(self) -> int:
        try:
            try:
                return await self.handle_batch(limit=BATCH_PEOPLE)
            except StorageRefused as refused:
                # One person's row spoils the batch: go on one by one until it shows which.
                action(Action.BATCH_SPLIT, error_class=refused.cause)
                return await self._handle_singly()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
            await asyncio.sleep(_POLL_S)
            return 0

    async def _handle_singly(self) -> int:
        handled = 0
        for _ in range(BATCH_PEOPLE):
            try:
                count = await self.handle_batch(limit=1)
            except StorageRefused as refused:
                await self._park_first(refused.cause)
                count = 1
            if not count:
                break
            handled += count
        return handled

    async def handle_batch(self, *, limit: int) -> int:
        """Handle the pending events of up to `limit` people; return how many events."""
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            people, broken = await self._store.people.claim_with_events(
                tx, now_ms=now_ms, limit=limit
            )
            if not people and not broken:
                return 0
            pending = await self._pending(tx, [*(who.person_id for who in people), *broken])
            reasons = {who: type(trouble).__name__ for who, trouble in broken.items()}
            served = [person for person in people if person.page_id in self._rules]
            reasons |= {who.person_id: "PageNotConfigured" for who in people if who not in served}
            parked = await self._park_all(tx, pending, reasons)
            talks = await self._talk(tx, served, pending, now_ms)
            await self._write(tx, talks, now_ms)
        handled = sum(len(talk.handled) for talk in talks)
        self._metrics.batch("dispatch", handled)
        if any(talk.messages for talk in talks):
            self._wake_sender()
        return handled + parked

    async def _pending(
        self, tx: Transaction, people: Sequence[PersonId]
    ) -> dict[PersonId, list[PendingEvent]]:
        pending: dict[PersonId, list[PendingEvent]] = defaultdict(list)
        for event in await self._store.inbox.list_pending(tx, people):
            pending[event.person_id].append(event)
        return pending

    async def _talk(
        self,
        tx: Transaction,
        people: Sequence[KnownPerson],
        pending: Mapping[PersonId, list[PendingEvent]],
        now_ms: int,
    ) -> list[Conversation]:
        statuses = await self._store.consents.find(tx, [person.person_id for person in people])
        talks: list[Conversation] = []
        taken = 0
        for person in people:
            talk = Conversation(person, statuses[person.person_id], self._rules[person.page_id])
            for event in pending.get(person.person_id, ()):
                if event.due_at_ms > now_ms or not await self._take(tx, talk, event, now_ms):
                    break  # set aside: what came later waits, so that order holds
                taken += 1
                if taken % _EVENTS_PER_SLICE == 0:
                    await asyncio.sleep(0)
            talks.append(talk)
        return talks

    async def _take(
        self, tx: Transaction, talk: Conversation, event: PendingEvent, now_ms: int
    ) -> bool:
        """Let one event happen; return False where it was set aside."""
        try:
            talk.take(event, now_ms=now_ms)
        except Exception as fault:  # noqa: BLE001 - the boundary: no flow's fault stops the others
            name = type(fault).__name__
            if event.attempts == 0:
                action(Action.EVENT_SET_ASIDE, error_class=name)
                await self._store.inbox.set_aside(tx, event, due_at_ms=now_ms + _RETRY_AFTER_MS)
                return False
            await self._park(tx, event, name)
            talk.apologise(event, now_ms=now_ms)
        return True

    async def _write(self, tx: Transaction, talks: Sequence[Conversation], now_ms: int) -> None:
        acts = [one for talk in talks for one in talk.acts.noted]
        statuses = {at: status for talk in talks for at, status in talk.acts.changed().items()}
        await self._store.consents.record(tx, acts, statuses, now_ms=now_ms)
        await self._store.people.change(tx, [talk.person for talk in talks])
        await self._store.outbox.add(tx, [one for talk in talks for one in talk.messages])
        await self._store.inbox.remove(tx, [one for talk in talks for one in talk.handled])
        reset = [talk for talk in talks if talk.resets_timer]
        due = {talk.person.person_id: talk.timer_due_at_ms for talk in reset}
        await self._store.timers.replace(
            tx, list(due), {who: at for who, at in due.items() if at is not None}
        )

    async def _park_all(
        self,
        tx: Transaction,
        pending: Mapping[PersonId, list[PendingEvent]],
        reasons: Mapping[PersonId, str],
    ) -> int:
        events = [(event, why) for who, why in reasons.items() for event in pending.get(who, ())]
        for event, reason in events:
            await self._park(tx, event, reason)
        return len(events)

    async def _park_first(self, reason: str) -> None:
        async with self._store.write(is_quick=True) as tx:
            people, _ = await self._store.people.claim_with_events(
                tx, now_ms=self._clock.now_ms(), limit=1
            )
            pending = await self._store.inbox.list_pending(tx, [who.person_id for who in people])
            for event in pending[:1]:
                await self._park(tx, event, reason)

    async def _park(self, tx: Transaction, event: PendingEvent, reason: str) -> None:
        await self._store.inbox.park(tx, event, reason)
        self._metrics.parked()
        action(Action.EVENT_PARKED, reason=reason)
