"""Takes messages out of the outbox and hands them to Messenger.

The claim is a short transaction that is committed before any call begins; no transaction is open
during a call. What was claimed and not begun is given back, and nothing is claimed before that has
succeeded; what was begun and has no end is in doubt, and `doubt.py` says what happens then.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from bot.clock import Clock
from bot.logs import Action, action
from bot.outbound.broadcast_turn import BITE, BroadcastTurn
from bot.outbound.doubt import doubted_if_marketing
from bot.outbound.errors import GraphError, InDoubt
from bot.outbound.forwarding import FORWARD_STOP
from bot.outbound.graph import MAX_CALLS
from bot.outbound.last_look import too_late
from bot.outbound.messenger import Messenger
from bot.outbound.orders import ORDER, CarryOut
from bot.outbound.outcomes import Outcome, Outcomes
from bot.outbound.pacing import GIVE_BACK_S, Pace
from bot.outbound.patience import GRACE_S, Patience
from storage import (
    BROADCASTS,
    ClaimedMessage,
    KeyLost,
    OutboxId,
    StorageError,
    StorageRefused,
    Store,
    Transaction,
)

#: Messages become due, and other nodes add some, without waking this one.
_POLL_S = 0.5
#: So often it is looked whether something was begun and forgotten.
_LOOK_S = 5.0
#: What can't be opened for want of its key is tried again after this time.
_KEY_WAIT_MS = 60_000
#: What collided with another node's claim is claimed anew in a smaller bite.
_SMALLER = 4
_decode = msgspec.json.Decoder(dict).decode


class Sender:
    """Claims, calls, and reports how each call ended."""

    def __init__(  # noqa: PLR0913 - one of each of its neighbours; they are wired in app.py
        self,
        store: Store,
        clock: Clock,
        pace: Pace,
        outcomes: Outcomes,
        broadcasts: BroadcastTurn,
        *,
        bell: asyncio.Event,
        node: str,
        messengers: Mapping[str, Messenger],
        orders: Mapping[str, CarryOut],
        grace_s: float = GRACE_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._outcomes = outcomes
        self._broadcasts = broadcasts
        self._most = pace.most_of_one_page
        self._node = node
        self._messengers = messengers
        self._orders = orders
        self._bell = bell
        self._calls: dict[asyncio.Task[None], OutboxId] = {}
        #: Claimed, for all we know, and surely not begun.
        self._unstarted: set[OutboxId] = set()
        self._look_at_s = 0.0
        self._patience = Patience(grace_s)
        self._is_stopping = False

    async def run(self) -> None:
        """Send until told to stop."""
        try:
            async with self._patience.lasts():
                while not self._is_stopping:
                    began_s = asyncio.get_running_loop().time()
                    if not await self._try_round():
                        await self._rest(began_s)
                while self._unstarted:
                    await self._try_give_back()
        except TimeoutError:
            if not self._is_stopping:
                raise
            action(Action.DATABASE_FAILED, error_class="TimeoutError", count=len(self._unstarted))
        if self._calls:
            await asyncio.wait(self._calls)

    def stop(self) -> None:
        """Claim no more, let the calls that have begun end, then end."""
        self._is_stopping = True
        self._patience.ends()
        self._bell.set()

    def wake_for_broadcasts(self) -> None:
        """Look at once: messages of a broadcast were made."""
        self._broadcasts.look_now()
        self._bell.set()

    async def _rest(self, since_s: float) -> None:
        paces = (self._pace, self._broadcasts.pace)
        openings_s = [one for pace in paces if (one := pace.next_opening_s(since_s)) is not None]
        try:
            async with asyncio.timeout(min([_POLL_S, *openings_s])):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _try_round(self) -> bool:
        """Do what there is to do now; return whether there may be more."""
        self._bell.clear()
        try:
            await self._give_back()
            await self._look_for_forgotten()
            has_more = await self._claim_and_begin()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
            return False
        return has_more or bool(self._unstarted)

    async def _try_give_back(self) -> None:
        try:
            await self._give_back()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
            await asyncio.sleep(_POLL_S)

    async def _give_back(self) -> None:
        if not self._unstarted:
            return
        async with self._store.write(is_quick=True) as tx:
            await self._store.outbox.give_back(tx, self._unstarted, node=self._node)
        self._unstarted.clear()

    async def _look_for_forgotten(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + _LOOK_S
            await self._outcomes.doubt_forgotten(set(self._calls.values()))

    async def _claim_and_begin(self) -> bool:
        """Claim and begin what there is room for; return whether there may be more."""
        pages = self._pace.list_open(self._messengers)
        limit = min(MAX_CALLS - len(self._calls), self._pace.most_at_once(len(pages)))
        if not pages or limit <= 0:
            return False
        try:
            claimed = await self._claim(pages, limit)
        except StorageRefused:
            # Another node has begun something of one of these people, and we see it from now on.
            limit = max(1, limit // _SMALLER)
            claimed = await self._claim(pages, limit)
        by_page = self._sorted(claimed)
        if by_page:
            await self._begin_all(by_page)
        is_bitten = any(map(_is_broadcast, claimed))
        return len(claimed) == limit or (is_bitten and bool(self._list_open_for_broadcasts(pages)))

    async def _begin_all(self, by_page: Mapping[str, Sequence[ClaimedMessage]]) -> None:
        """Reserve slots and begin: answers first, then broadcasts, which have a pace of their own.

        What a broadcast takes of its own pace it takes of its Page's as well.
        """
        heads = {page: _answers_first(some)[: self._most] for page, some in by_page.items()}
        waits_s = await self._pace.reserve({page: len(head) for page, head in heads.items()})
        slow = {page: sum(_is_broadcast(one) for one in head) for page, head in heads.items()}
        slow = {page: count for page, count in slow.items() if count}
        slow_waits_s = await self._broadcasts.pace.reserve(slow) if slow else {}
        for page, head in heads.items():
            self._begin(head, waits_s[page], slow_waits_s.get(page, 0))

    async def _claim(self, pages: Sequence[str], limit: int) -> list[ClaimedMessage]:
        now_ms, outbox = self._clock.now_ms(), self._store.outbox
        async with self._store.write(is_quick=True) as tx:
            claimed, broken = await outbox.claim(
                tx, node=self._node, pages=pages, now_ms=now_ms, limit=limit
            )
            left = limit - len(claimed)
            if left and (open_ := self._list_open_for_broadcasts(pages)):
                more, also_broken = await outbox.claim_broadcasts(
                    tx,
                    node=self._node,
                    room={page: self._broadcasts.pace.room(page) for page in open_},
                    now_ms=now_ms,
                    limit=left,
                    gaps_ms=self._broadcasts.gaps_ms,
                )
                if not self._bell.is_set():  # else some were made since
                    self._broadcasts.found(more, among=open_, limit=left)
                claimed, broken = claimed + more, broken | also_broken
            # Before the commit, because its answer may be lost; nothing of it is begun by then.
            self._unstarted.update(message.outbox_id for message in claimed)
            await self._set_aside(tx, broken)
        for trouble in broken.values():
            action(Action.MESSAGE_REFUSED, reason=type(trouble).__name__)
        return claimed

    def _list_open_for_broadcasts(self, pages: Sequence[str]) -> list[str]:
        is_crowded = len(self._calls) > MAX_CALLS - BITE
        return [] if is_crowded else self._broadcasts.list_open(pages)

    async def _set_aside(self, tx: Transaction, broken: Mapping[OutboxId, StorageError]) -> None:
        """Keep what a restored key may open, and drop what nothing can."""
        keyless = [one for one, trouble in broken.items() if isinstance(trouble, KeyLost)]
        now_ms = self._clock.now_ms()
        if keyless:
            late = await self._store.outbox.hold(
                tx, keyless, node=self._node, due_at_ms=now_ms + _KEY_WAIT_MS, now_ms=now_ms
            )
            await self._store.deliveries.end(tx, late, "key lost", now_ms=now_ms)
        if changed := [one for one in broken if one not in keyless]:
            never = await self._store.outbox.list_deliveries(tx, changed)
            await self._store.outbox.remove(tx, changed)
            await self._store.deliveries.end(tx, never, "refused", now_ms=now_ms)

    def _sorted(self, claimed: Sequence[ClaimedMessage]) -> dict[str, list[ClaimedMessage]]:
        """Sort what was claimed by its Page, without what comes too late."""
        now_ms = self._clock.now_ms()
        by_page: dict[str, list[ClaimedMessage]] = defaultdict(list)
        for message in claimed:
            late = too_late(message, now_ms)
            if late is None:
                by_page[message.page_id].append(message)
            else:
                self._unstarted.discard(message.outbox_id)
                self._outcomes.add(Outcome(message, late))
        return by_page

    def _begin(self, messages: Sequence[ClaimedMessage], wait_s: float, slow_wait_s: float) -> None:
        """Begin each message in its slot; what would start too late stays to be given back."""
        slow_place = 0
        for place, message in enumerate(messages):
            starts_in_s = wait_s + place * self._pace.step_s
            if _is_broadcast(message):
                slot_s = slow_wait_s + slow_place * self._broadcasts.pace.step_s
                starts_in_s = max(starts_in_s, slot_s)
                slow_place += 1
            if starts_in_s > GIVE_BACK_S:
                return
            self._unstarted.discard(message.outbox_id)
            task = asyncio.create_task(self._call(message, starts_in_s))
            self._calls[task] = message.outbox_id
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._calls[task]
        if MAX_CALLS - len(self._calls) in (1, BITE):
            self._bell.set()  # now there is room: for an answer, or for broadcasts

    async def _call(self, message: ClaimedMessage, wait_s: float) -> None:
        await self._slot(message, wait_s)
        try:
            await self._deliver(message)
        except GraphError as refused:
            error = doubted_if_marketing(message, refused)
            if isinstance(error, InDoubt) and _is_broadcast(message):
                self._broadcasts.doubted(message.page_id)
            self._outcomes.add(Outcome(message, error))
        except Exception as fault:  # noqa: BLE001 - the boundary: an unended call would block its person
            action(Action.CALL_BROKEN, error_class=type(fault).__name__)
            self._outcomes.add(Outcome(message, InDoubt(cause=type(fault).__name__)))
        else:
            self._outcomes.add(Outcome(message))

    async def _slot(self, message: ClaimedMessage, wait_s: float) -> None:
        """Wait for a message's slot, and for longer where too many have just started."""
        paces = (self._broadcasts.pace, self._pace) if _is_broadcast(message) else (self._pace,)
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        for pace in paces:
            await pace.start(message.page_id)

    async def _deliver(self, message: ClaimedMessage) -> None:
        messenger, content = self._messengers[message.page_id], _decode(message.body)
        if ORDER in content:
            await self._orders[content[ORDER]](message, content, messenger)
        else:
            await messenger.deliver(message.psid, content, outbox_id=message.outbox_id)
        if message.body != FORWARD_STOP:
            self._broadcasts.heed(message.page_id, messenger.usage_percent)


def _is_broadcast(message: ClaimedMessage) -> bool:
    return message.kind in BROADCASTS


def _answers_first(messages: Sequence[ClaimedMessage]) -> list[ClaimedMessage]:
    return sorted(messages, key=_is_broadcast)
