"""Handles pending events, batch after batch, until told to stop.

A batch that the database refuses is tried again one person and one event at a time, until it shows
which event is at fault: that one is set aside, then parked. A database that is away is waited for.
"""

import asyncio
from collections.abc import Callable

from bot.logs import Action, action
from bot.turns.batch import Batches
from storage import StorageError, StorageRefused

#: People in one transaction.
BATCH_PEOPLE = 100
#: While requests queue up, batches are some seconds apart at most.
_STEP_ASIDE_S = 0.005
_MOST_STEPS_ASIDE = 600
#: Nothing wakes the dispatcher for what another node took in, or for what becomes due.
_POLL_S = 0.5


class Dispatcher:
    """Calls for the next batch when there is something to handle."""

    def __init__(
        self,
        batches: Batches,
        *,
        bell: asyncio.Event,
        gives_way: Callable[[], bool],
        wake_sender: Callable[[], None],
    ) -> None:
        self._batches = batches
        self._bell = bell
        self._gives_way = gives_way
        self._wake_sender = wake_sender
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

    def stop(self) -> None:
        """Finish the batch that has begun, then end."""
        self._is_stopping = True
        self._bell.set()

    async def _give_way(self) -> None:
        """Let a burst be acknowledged first, for a moment: answers may take longer than acks."""
        quiet = 0
        for _ in range(_MOST_STEPS_ASIDE):
            # Between two batches of acks it looks quiet: only twice in a row it is.
            quiet = 0 if self._gives_way() else quiet + 1
            if quiet > 1 or self._is_stopping:
                return
            await asyncio.sleep(_STEP_ASIDE_S)

    async def _handle_or_isolate(self) -> int:
        try:
            return await self._handle(most_people=BATCH_PEOPLE)
        except StorageRefused as refused:
            if refused.is_about_data:
                action(Action.BATCH_SPLIT, error_class=refused.cause)
                return await self._handle_singly()
            return await self._wait_for_database(refused)
        except StorageError as trouble:
            return await self._wait_for_database(trouble)

    async def _handle_singly(self) -> int:
        for _ in range(BATCH_PEOPLE):
            try:
                if not await self._handle(most_people=1, most_events=1):
                    break
            except StorageRefused as refused:
                if not refused.is_about_data:
                    return await self._wait_for_database(refused)
                for person in self._batches.people:
                    await self._batches.park_first_of(person, refused.cause)
            except StorageError as trouble:
                return await self._wait_for_database(trouble)
        return BATCH_PEOPLE

    async def _handle(self, *, most_people: int, most_events: int | None = None) -> int:
        handled = await self._batches.handle(most_people=most_people, most_events=most_events)
        if self._batches.has_answers:
            self._wake_sender()
        return handled

    async def _wait_for_database(self, trouble: StorageError) -> int:
        action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
        await asyncio.sleep(_POLL_S)
        return 0
