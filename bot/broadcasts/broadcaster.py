"""Carries broadcasts out, a portion at a time: whatever dies, another goes on from the tables.

    due occurrence --one row, added once--> run: making --list is made--> sending --> over
                    `--too late--> missed: an admin is asked

Messages are made shortly before they can leave, so the outbox stays small however many there are.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from bot.broadcasts.content import from_kept
from bot.broadcasts.ending import Ending
from bot.broadcasts.lanes import Occurrence, place
from bot.broadcasts.leave import GROWN, NOBODY, Leave, is_nobodys
from bot.broadcasts.nights import sorted_by_clock
from bot.broadcasts.occurring import expires_ms, schedule_of
from bot.broadcasts.printing import Printer
from bot.broadcasts.schedule import following_ms
from bot.clock import Clock
from bot.logs import Action, action
from bot.outbound.errors import GraphError
from storage import PersonId, Store, Transaction
from storage.broadcasts.counts import count_up
from storage.broadcasts.records import Broadcast, Candidate, Lane, NewDelivery, Run, RunState

#: So many people are read at once.
PORTION = 500
#: So many are written in one transaction: acks wait for no longer one.
_LISTED_AT_ONCE = 250
#: Of so many at most the messages are made in one transaction: each takes longer than a row.
_MOST_MADE_AT_ONCE = 100
_FEWEST_MADE_AT_ONCE = 25
#: So many portions of a list are made before messages are sent again.
_PORTIONS_IN_TURN = 20
#: Messages are made for so many seconds ahead.
_AHEAD_S = 5
_FEWEST_AHEAD = 100
#: However fast a Page may send: the outbox stays small.
_MOST_AHEAD = 5_000
_AT_ONCE = 20
_MISSED = "missed, because nothing ran when it was due."


class Broadcaster:
    """Takes every scheduled broadcast one step on."""

    def __init__(  # noqa: PLR0913 - one of each of its neighbours; `broadcaster_of` wires them
        self,
        store: Store,
        clock: Clock,
        printer: Printer,
        leave: Leave,
        *,
        per_s: int,
        sends_mail: bool,
        wake_sender: Callable[[], None],
        tell: Callable[[Transaction, int, str], Awaitable[None]],
        upload_picture: Callable[[str, str], Awaitable[str]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._printer = printer
        self._leave = leave
        self._ahead = min(max(_FEWEST_AHEAD, per_s * _AHEAD_S), _MOST_AHEAD)
        #: A second's worth: where a Page sends slowly, acks wait for no longer a transaction.
        self._made_at_once = min(max(_FEWEST_MADE_AT_ONCE, per_s), _MOST_MADE_AT_ONCE)
        self._sends_mail = sends_mail
        self._pushed: tuple[Lane, ...] = ("window", "email") if sends_mail else ("window",)
        self._wake_sender = wake_sender
        self._tell = tell
        self._ending = Ending(store, tell)
        self._upload_picture = upload_picture
        #: Broadcasts whose picture was handed to Meta, or could not be.
        self._tried: set[int] = set()

    async def go_on(self) -> None:
        """Begin what is due, make lists and messages, end what is over."""
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.broadcasts.is_anything_on(tx):
                return
            nobodys = await self._list_nobodys(tx)
        for broadcast in nobodys:
            async with self._store.write(is_quick=True) as tx:
                await self._ending.pause(tx, broadcast.number, NOBODY)
        while await self._begin_due():
            pass
        for _ in range(_PORTIONS_IN_TURN):
            is_making = await self._make_portion()
            await self._queue_all()
            if not is_making:
                break
        await self._ending.end(now_ms=self._clock.now_ms())
        await self._ending.drop_cancelled(now_ms=self._clock.now_ms())

    async def _begin_due(self) -> int:
        """Claim occurrences that are due; return how many there were."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.broadcasts.is_any_due(tx, now_ms=now_ms):
                return 0
        async with self._store.write(is_quick=True) as tx:
            due = await self._store.broadcasts.list_due(tx, now_ms=now_ms, limit=_AT_ONCE)
            for broadcast in due:
                await self._begin(tx, broadcast, now_ms)
        return len(due)

    async def _begin(self, tx: Transaction, broadcast: Broadcast, now_ms: int) -> None:
        occurs_at_ms = broadcast.next_at_ms
        assert occurs_at_ms is not None  # noqa: S101 - only such are due
        if await self._leave.has_grown(tx, broadcast):
            await self._ending.pause(tx, broadcast.number, GROWN)
            return
        schedule = schedule_of(broadcast)
        expires_at_ms = expires_ms(broadcast, occurs_at_ms)
        state: RunState = "missed" if expires_at_ms <= now_ms else "making"
        is_ours = await self._store.runs.begin(
            tx,
            broadcast.number,
            occurs_at_ms=occurs_at_ms,
            expires_at_ms=expires_at_ms,
            state=state,
            now_ms=now_ms,
        )
        await self._store.broadcasts.set_next(
            tx, broadcast.number, following_ms(schedule, occurs_at_ms)
        )
        if is_ours:
            if state == "missed":
                action(Action.BROADCAST_STOPPED, number=broadcast.number, reason=state)
                missed = f"{_MISSED} /broadcasts {broadcast.number} starts or drops it"
                await self._tell(tx, broadcast.number, missed)
            else:
                action(Action.BROADCAST_STARTED, number=broadcast.number)

    async def _list_nobodys(self, tx: Transaction) -> list[Broadcast]:
        senders = await self._leave.list_senders(tx)
        going = await self._store.broadcasts.list_scheduled(tx)
        return [one for one in going if is_nobodys(one, senders)]

    async def _make_portion(self) -> bool:
        """Make the next portion of a run's list; return whether more is to be made."""
        async with self._store.read(is_quick=True) as tx:
            on = await self._store.runs.list_on(tx)
        run = next((one for one in on if one.state == "making"), None)
        if run is None:
            return False
        # Nobody who writes waits while it is read: whether it may leave is asked anew at the claim.
        async with self._store.read() as tx:
            broadcast = await self._store.broadcasts.get(tx, run.number)
            if broadcast is None:
                return True
            people = await self._store.audience.portion(
                tx,
                page_id=broadcast.what.page_id,
                purpose_id=broadcast.what.purpose_id,
                after=run.made_up_to or b"",
                limit=PORTION,
            )
        await self._make(run, broadcast, people)
        return True

    async def _make(self, run: Run, broadcast: Broadcast, people: Sequence[Candidate]) -> None:
        """Make deliveries, in transactions so short that acks can go between."""
        now_ms, purpose_id = self._clock.now_ms(), broadcast.what.purpose_id
        zones = await self._store.audience.zones(people)
        occurrence = Occurrence(
            schedule_of(broadcast),
            run.occurs_at_ms,
            broadcast.what.useful_ms,
            self._sends_mail,
            now_ms,
        )
        made_up_to = run.made_up_to
        # Where the last slice is full, an empty one behind it ends the list.
        for first in range(0, len(people) + 1, _LISTED_AT_ONCE):
            some = people[first : first + _LISTED_AT_ONCE]
            new, never = _placed(some, zones, occurrence)
            last = some[-1].person_id if some else made_up_to
            async with self._store.write(is_quick=True) as tx:
                if not await self._store.runs.advance(tx, run, after=made_up_to, to=last):
                    return  # another node has made these, or the run goes on no more
                await self._store.deliveries.add(tx, run.run_id, purpose_id, new, now_ms=now_ms)
                await count_up(tx, run.run_id, never)
                if len(people) < PORTION and first + _LISTED_AT_ONCE > len(people):
                    await self._store.runs.move(tx, run.run_id, "sending", now_ms=now_ms)
            made_up_to = last

    async def _queue_all(self) -> None:
        """Make the messages that can leave within the next seconds."""
        async with self._store.read(is_quick=True) as tx:
            runs = await self._store.runs.list_on(tx)
        for run in runs:
            await asyncio.sleep(0)  # reading on the spot lets nothing else in, with many runs too
            await self._upload(run.number)
            for lane in self._pushed:
                await self._queue(run, lane)

    async def _upload(self, number: int) -> None:
        """Hand a broadcast's picture to Meta once; each message then only names it.

        Where that fails each message carries the picture's address instead.
        """
        async with self._store.read(is_quick=True) as tx:
            broadcast = await self._store.broadcasts.get(tx, number)
        if broadcast is None or broadcast.picture_id is not None or number in self._tried:
            return
        picture_url = from_kept(broadcast.what.content).picture_url
        self._tried.add(number)
        if not picture_url:
            return
        try:
            picture_id = await self._upload_picture(broadcast.what.page_id, picture_url)
        except GraphError as refused:
            action(Action.MESSAGE_REFUSED, reason=type(refused).__name__, **refused.logged())
            return
        async with self._store.write(is_quick=True) as tx:
            await self._store.broadcasts.set_picture(tx, number, picture_id)

    async def _queue(self, run: Run, lane: Lane) -> None:
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            room = self._ahead - await self._store.deliveries.count_queued(tx, run.run_id, lane)
            if room <= self._ahead // 2 or not await self._store.deliveries.is_due(
                tx, run.run_id, lane, now_ms=now_ms
            ):
                return
        while room > 0:
            count = await self._queue_some(run, lane, limit=min(room, self._made_at_once))
            if count < self._made_at_once:
                return
            room -= count

    async def _queue_some(self, run: Run, lane: Lane, *, limit: int) -> int:
        """Make the messages of some deliveries; return of how many."""
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            broadcast = await self._store.broadcasts.get(tx, run.number)
            if broadcast is None or broadcast.state != "scheduled":
                return 0
            due = await self._store.deliveries.take_due(
                tx, run.run_id, lane, now_ms=now_ms, limit=limit
            )
            awake, quiet_from_ms = await sorted_by_clock(
                tx, self._store, broadcast, due, now_ms=now_ms
            )
            made = await self._printer.make(
                tx, broadcast, awake, now_ms=now_ms, quiet_from_ms=quiet_from_ms
            )
            ids = [one.delivery_id for one in awake]
            await self._store.deliveries.mark_queued(tx, ids, now_ms=now_ms)
            await self._store.outbox.add(tx, made.messages)
            for mail in made.mails:
                await self._store.mails.add(tx, mail)
            await self._store.deliveries.end(
                tx, [one.delivery_id for one in made.keyless], "key lost", now_ms=now_ms
            )
            for one in made.without_address:
                await self._store.deliveries.wait_for_contact(tx, one.delivery_id, now_ms=now_ms)
        if made.messages:
            self._wake_sender()
        return len(due)


def _placed(
    people: Iterable[Candidate], zones: Mapping[PersonId, str], occurrence: Occurrence
) -> tuple[list[NewDelivery], Counter[tuple[str, str]]]:
    """Return the deliveries to be made, and of how many none is, by lane and outcome."""
    new, never = [], Counter[tuple[str, str]]()
    for one in people:
        placed = place(one, zones.get(one.person_id), occurrence)
        if placed.lane == "none":
            # Of whom nothing is sent to, no row is kept either.
            never[placed.lane, placed.outcome] += 1
            continue
        new.append(
            NewDelivery(
                one.person_id,
                placed.lane,
                placed.outcome,
                placed.due_at_ms,
                placed.expires_at_ms,
            )
        )
    return new, never
