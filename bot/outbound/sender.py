"""Takes messages out of the outbox and hands them to Messenger.

The claim is a short transaction that is committed before any call begins; no transaction is open
during a call. What was claimed and not begun is given back; what was begun and has no end is in
doubt, and `doubt.py` says what happens then.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from bot.clock import Clock
from bot.logs import Action, action
from bot.outbound.errors import Expired, GraphError, InDoubt, OutsideWindow
from bot.outbound.messenger import Messenger
from bot.outbound.outcomes import Outcome, Outcomes
from bot.outbound.pacing import Pace
from storage import ClaimedMessage, StorageError, Store

#: Calls under way at once.
MAX_CALLS = 100
#: What can't start within this time is given back.
_GIVE_BACK_S = 2.0
#: Messages become due, and other nodes add some, without waking this one.
_POLL_S = 0.5
_decode = msgspec.json.Decoder(dict).decode


class Sender:
    """Claims, calls, and reports how each call ended."""

    def __init__(  # noqa: PLR0913 - one of each of its neighbours; they are wired in app.py
        self,
        store: Store,
        clock: Clock,
        pace: Pace,
        outcomes: Outcomes,
        *,
        bell: asyncio.Event,
        node: str,
        messengers: Mapping[str, Messenger],
    ) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._outcomes = outcomes
        self._node = node
        self._messengers = messengers
        self._bell = bell
        self._calls: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def run(self) -> None:
        """Send until told to stop."""
        while not self._is_stopping:
            self._bell.clear()
            try:
                has_more = await self._claim_and_begin()
            except StorageError as trouble:
                action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
                has_more = False
            if not has_more and not self._is_stopping:
                await self._rest()
        if self._calls:
            await asyncio.wait(self._calls)

    def stop(self) -> None:
        """Claim no more, let the calls that have begun end, then end."""
        self._is_stopping = True
        self._bell.set()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._pace.next_opening_s() or _POLL_S):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _claim_and_begin(self) -> bool:
        """Claim and begin what there is room for; return whether there may be more."""
        pages = self._pace.list_open(self._messengers)
        limit = min(MAX_CALLS - len(self._calls), self._pace.most_at_once(len(pages)))
        if not pages or limit <= 0:
            return False
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            claimed, broken = await self._store.outbox.claim(
                tx, node=self._node, pages=pages, now_ms=now_ms, limit=limit
            )
            await self._store.outbox.remove(tx, list(broken))
        for trouble in broken.values():
            action(Action.MESSAGE_REFUSED, reason=type(trouble).__name__)
        by_page: dict[str, list[ClaimedMessage]] = defaultdict(list)
        for message in claimed:
            late = _too_late(message, now_ms)
            if late is None:
                by_page[message.page_id].append(message)
            else:
                self._outcomes.add(Outcome(message, late))
        waits_s = await self._pace.reserve({page: len(some) for page, some in by_page.items()})
        for page_id, messages in by_page.items():
            await self._begin(messages, waits_s[page_id])
        return len(claimed) == limit

    async def _begin(self, messages: Sequence[ClaimedMessage], wait_s: float) -> None:
        if wait_s > _GIVE_BACK_S:
            async with self._store.write(is_quick=True) as tx:
                ids = [message.outbox_id for message in messages]
                await self._store.outbox.give_back(tx, ids, node=self._node)
            return
        for place, message in enumerate(messages):
            call = self._call(message, wait_s + place * self._pace.step_s)
            task = asyncio.create_task(call)
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _call(self, message: ClaimedMessage, wait_s: float) -> None:
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        try:
            await self._messengers[message.page_id].deliver(
                message.psid, _decode(message.body), outbox_id=message.outbox_id
            )
        except GraphError as error:
            self._outcomes.add(Outcome(message, error))
        except Exception as fault:  # noqa: BLE001 - the boundary: an unended call would block its person
            action(Action.CALL_BROKEN, error_class=type(fault).__name__)
            self._outcomes.add(Outcome(message, InDoubt(cause=type(fault).__name__)))
        else:
            self._outcomes.add(Outcome(message))


def _too_late(message: ClaimedMessage, now_ms: int) -> GraphError | None:
    """Return why a message may not leave any more, checked at the last moment."""
    if message.window_ends_at_ms <= now_ms:
        return OutsideWindow()
    if message.expires_at_ms <= now_ms:
        return Expired()
    return None
