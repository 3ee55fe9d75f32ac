"""What became of each call to Messenger, written back in batches.

Every class of error has one consequence here. Calls end one by one; what ended while a
transaction ran is written in the next.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.outbound.broadcast_ends import WAITS_FOR_CONTACT, came_to
from bot.outbound.doubt import WAIT_MS, decide_at_ms
from bot.outbound.ended import Ended
from bot.outbound.errors import (
    Expired,
    GraphError,
    InDoubt,
    MessageRefused,
    NotConnected,
    OutsideWindow,
    PageTrouble,
    PermissionMissing,
    Throttled,
    Unwanted,
)
from bot.outbound.forwarding import FORWARD_STOP
from bot.outbound.patience import GRACE_S, Patience
from bot.outbound.thread import HAND_OVER, HAND_OVER_MS, moves_thread
from storage import BROADCASTS, ClaimedMessage, OutboxId, StorageError, Store, Transaction

#: A message that Messenger could not take for the moment is refused this often in all.
MAX_REFUSALS = 6
_FIRST_WAIT_MS = 1_000  # then 2, 4, 8, 16 s, each up to half longer
#: A line that is down is tried for as long as the message is worth sending.
_MAX_WAIT_MS = 60_000
_RETRY_S = 0.5
#: So long the outcomes of broadcasts wait for others, to be written together.
_GATHER_S = 0.05
#: What has begun for so long and is known to nobody here was forgotten.
_FORGOTTEN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended: accepted where there is no error; never begun where it was dropped."""

    message: ClaimedMessage
    error: GraphError | None = None


class Outcomes:
    """Writes outcomes, a batch at a time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        *,
        node: str,
        wake_sender: Callable[[], None],
        grace_s: float = GRACE_S,
    ) -> None:
        self._node = node
        #: Whose arrival is committed, here or by an echo: it is not written twice.
        self.arrived = Ended()
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._wake_sender = wake_sender
        self._ended: list[Outcome] = []
        self._writing: list[Outcome] = []
        self._came = asyncio.Event()
        self._patience = Patience(grace_s)
        self._is_stopping = False

    def add(self, outcome: Outcome) -> None:
        """Take in how a call ended."""
        self._ended.append(_fairly_blamed(outcome))
        self._came.set()

    async def run(self) -> None:
        """Write what comes until stopped; what came by then is written first, if it can be."""
        try:
            async with self._patience.lasts():
                while self._ended or not self._is_stopping:
                    await self._came.wait()
                    await self._gather()
                    await self._try_flush()
        except TimeoutError:
            if not self._is_stopping:
                raise
            action(Action.DATABASE_FAILED, error_class="TimeoutError", count=len(self._ended))

    def stop(self) -> None:
        """Write what has come, then end; without a database, end after some seconds."""
        self._is_stopping = True
        self._patience.ends()
        self._came.set()

    async def flush(self) -> None:
        """Write what has come."""
        self._writing, self._ended = self._ended, []
        self._came.clear()
        if not self._writing:
            return
        try:
            await self._write_new(self._writing)
            people = {one.message.person_id for one in self._writing}
            async with self._store.read(is_quick=True) as tx:
                is_more = await self._store.outbox.has_due(tx, people, now_ms=self._clock.now_ms())
        except BaseException:
            # Written next time; until then they stay begun.
            self._ended = self._writing + self._ended
            self._came.set()
            raise
        written, self._writing = self._writing, []
        self._metrics.batch("sent", len(written))
        for outcome in written:
            self._tell(outcome)
        if is_more:
            self._wake_sender()

    async def doubt_forgotten(self, under_way: set[OutboxId]) -> int:
        """Doubt what this node has begun and nobody here knows of; return how many.

        It blocks its person for ever otherwise. It should not happen: this is the net below.
        """
        ours = {one.message.outbox_id for one in (*self._ended, *self._writing)}
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            count = await self._store.outbox.doubt_forgotten(
                tx,
                node=self._node,
                known=under_way | ours,
                begun_before_ms=now_ms - _FORGOTTEN_MS,
                decide_at_ms=decide_at_ms(now_ms),
            )
        if count:
            self._metrics.in_doubt(count)
            action(Action.MESSAGE_IN_DOUBT, count=count, reason="forgotten")
        return count

    async def _gather(self) -> None:
        """Let some more of a broadcast come: nobody waits for its outcome, but an answer's."""
        if not self._is_stopping and all(one.message.kind in BROADCASTS for one in self._ended):
            await asyncio.sleep(_GATHER_S)

    async def _try_flush(self) -> None:
        try:
            await self.flush()
        except StorageError as trouble:
            action(Action.DATABASE_FAILED, error_class=type(trouble).__name__)
            await asyncio.sleep(_RETRY_S)

    async def _write_new(self, batch: Sequence[Outcome]) -> None:
        """Write outcomes, but of what arrived and whose echo has said so already."""
        new = [one for one in batch if one.error or one.message.outbox_id not in self.arrived]
        if not new:
            return
        async with self._store.write(is_quick=True) as tx:
            await self._write(tx, new)
        self.arrived.note(one.message.outbox_id for one in new if one.error is None)

    async def _write(self, tx: Transaction, batch: Sequence[Outcome]) -> None:
        accepted = [one.message for one in batch if one.error is None]
        await self._store.outbox.remove(tx, [message.outbox_id for message in accepted])
        await self._follow(tx, accepted)
        for one in batch:
            if one.error is not None:
                await self._write_error(tx, one.message, one.error)

    async def _follow(self, tx: Transaction, accepted: Sequence[ClaimedMessage]) -> None:
        """Note what comes of messages that arrived: an answered case, a look that was told."""
        store, now_ms = self._store, self._clock.now_ms()
        cases = [one.case_id for one in accepted if one.case_id]
        looks = [one.access_id for one in accepted if one.access_id]
        handed = [one.person_id for one in accepted if one.body == HAND_OVER]
        await store.cases.mark_delivered(tx, cases)
        await store.accesses.mark_told(tx, looks, now_ms=now_ms)
        notices = [one.notice_id for one in accepted if one.notice_id]
        await store.breach_notices.mark_sent(tx, notices, now_ms=now_ms)
        await store.policy_tellings.mark_told(tx, looks, now_ms=now_ms)
        await store.people.mute_all(tx, handed, now_ms + HAND_OVER_MS)
        delivered = [one.delivery_id for one in accepted if one.counts and one.delivery_id]
        await store.deliveries.end(tx, delivered, "sent", now_ms=now_ms)

    async def _write_error(
        self, tx: Transaction, message: ClaimedMessage, error: GraphError
    ) -> None:
        now_ms = self._clock.now_ms()
        outbox, one, node = self._store.outbox, message.outbox_id, self._node
        later_ms = now_ms + _wait_ms(message, error)
        match error:
            case InDoubt():
                until_ms = now_ms + WAIT_MS[message.kind]
                await outbox.doubt(tx, [one], node=node, decide_at_ms=until_ms)
            case Throttled():
                until_ms = now_ms + round(error.pause_s * 1000)
                await self._pause(tx, message.page_id, "throttled", until_ms)
                await outbox.try_again(tx, one, node=node, due_at_ms=until_ms)
            case PageTrouble():
                await self._pause(tx, message.page_id, _reason(error), None)
                await outbox.try_again(tx, one, node=node, due_at_ms=later_ms, adds_to="pauses")
            case NotConnected():
                await outbox.try_again(tx, one, node=node, due_at_ms=later_ms)
            case GraphError(retries=True) if message.refusals + 1 < MAX_REFUSALS:
                await outbox.try_again(tx, one, node=node, due_at_ms=later_ms, adds_to="refusals")
            case Unwanted():
                await self._drop(tx, message, error)
            case _:
                unheard = [message.person_id] if _is_missed(message, error) else []
                await self._store.people.mark_unreachable(tx, unheard, at_ms=now_ms)
                if message.body == HAND_OVER:  # no human has it, so the bot goes on
                    await self._store.people.unmute(tx, message.person_id, message.expires_at_ms)
                await self._drop(tx, message, error)
                notices = [message.notice_id] if message.notice_id else []
                await self._store.breach_notices.mark_undelivered(tx, notices, now_ms=now_ms)

    async def _drop(self, tx: Transaction, message: ClaimedMessage, error: GraphError) -> None:
        """Send a message never; a broadcast that finds the chat closed waits for contact."""
        await self._store.outbox.remove(tx, [message.outbox_id])
        if message.delivery_id is None:
            return
        now_ms, deliveries = self._clock.now_ms(), self._store.deliveries
        # Of use still: only the evening came before its turn.
        may_wait = [message.delivery_id] if isinstance(error, Expired) else []
        if await deliveries.make_anew(tx, may_wait, now_ms=now_ms) or not message.counts:
            return
        outcome = came_to(error)
        if outcome in WAITS_FOR_CONTACT:
            await deliveries.wait_for_contact(tx, message.delivery_id, now_ms=now_ms)
        else:
            await deliveries.end(tx, [message.delivery_id], outcome, now_ms=now_ms)

    async def _pause(
        self, tx: Transaction, page_id: str, reason: str, until_ms: int | None
    ) -> None:
        now_ms, pages = self._clock.now_ms(), self._store.pages
        if await pages.pause(tx, page_id, reason=reason, now_ms=now_ms, until_ms=until_ms):
            action(Action.PAGE_PAUSED, page_id=page_id, reason=reason)

    def _tell(self, outcome: Outcome) -> None:
        error = outcome.error
        if error is None:
            self._metrics.sent("accepted")
            return
        name = type(error).__name__
        self._metrics.sent(_snake(name))
        if isinstance(error, InDoubt):
            self._metrics.in_doubt()
            action(Action.MESSAGE_IN_DOUBT, page_id=outcome.message.page_id)
            return
        action(
            Action.MESSAGE_REFUSED,
            page_id=outcome.message.page_id,
            reason=name,
            **error.logged(),
        )


def _fairly_blamed(outcome: Outcome) -> Outcome:
    """Blame the message where its Page was found well since it had to pause for this message.

    A message that paused its Page is claimed again only after the Page was resumed.
    """
    if isinstance(outcome.error, PermissionMissing) and outcome.message.pauses:
        return replace(outcome, error=MessageRefused(**outcome.error.facts))
    return outcome


def _is_missed(message: ClaimedMessage, error: GraphError) -> bool:
    """Tell whether a person has not heard what they wait for: an answer to it would be to nothing.

    A broadcast that came too late to be sent is not waited for.
    """
    is_late = message.kind in BROADCASTS and isinstance(error, OutsideWindow | Expired)
    return not is_late and not moves_thread(message.body) and message.body != FORWARD_STOP


def _wait_ms(message: ClaimedMessage, error: GraphError) -> int:
    wait = min(_FIRST_WAIT_MS * 2 ** (message.attempts - 1), _MAX_WAIT_MS)
    if isinstance(error, PermissionMissing):
        wait = _MAX_WAIT_MS  # others go first once the Page is resumed: it may be this message
    return int(wait * random.uniform(1, 1.5))  # noqa: S311 - spreads retries, guards nothing


def _reason(error: GraphError) -> str:
    return f"code {error.facts.get('code')}/{error.facts.get('subcode') or 0}"


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
