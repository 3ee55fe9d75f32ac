"""Tells recipients of erasures that are due, each claimed first, so that no two nodes do at once.

Who is told twice because a node died in between recognises the telling by its id.
"""

from collections.abc import Mapping
from typing import Final

from bot.clock import Clock
from bot.logs import Action, action
from bot.metrics import Metrics
from bot.outbound.recipients import NotConfirmed, Way
from storage import Store, Undecryptable
from storage.tellings import ClaimedTelling, State

#: Longer than a recipient can keep us waiting; whoever died with a telling holds it no longer.
LEASE_MS: Final = 60_000
#: Tellings in one call; the rest waits a second, so that no stop waits for it.
_AT_ONCE: Final = 20
_FIRST_WAIT_MS: Final = 30_000  # then 1, 2, 4 … minutes
_MAX_WAIT_MS: Final = 3_600_000


class Teller:
    """Takes tellings out of the queue and passes them on.

    Args:
        ways: How to reach each recipient that has an address, by its key.
    """

    def __init__(
        self, store: Store, clock: Clock, metrics: Metrics, ways: Mapping[str, Way]
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._ways = ways

    async def tell_due(self) -> int:
        """Pass on what is due, and end what nobody will confirm; return how many confirmed."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            if not await self._store.tellings.is_due(tx, now_ms=now_ms):
                return 0
        await self._end_what_is_over(now_ms)
        confirmed = await self._tell_some()
        await self._store.main.truncate_log()  # whoever was told leaves no byte
        return confirmed

    async def _tell_some(self) -> int:
        confirmed = 0
        away: set[str] = set()
        for _ in range(_AT_ONCE):
            claimed = await self._claim(away)
            if claimed is None:
                break
            if await self._tell(claimed):
                confirmed += 1
            else:  # who is away holds up nobody else
                away.add(claimed.recipient)
        return confirmed

    async def _claim(self, away: set[str]) -> ClaimedTelling | None:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            return await self._store.tellings.claim(
                tx, now_ms=now_ms, until_ms=now_ms + LEASE_MS, but_not=away
            )

    async def _tell(self, claimed: ClaimedTelling) -> bool:
        try:
            who = await self._store.tellings.open(claimed)
            await self._ways[claimed.recipient].tell(claimed, who)
        except NotConfirmed as trouble:
            await self._put_off(claimed, trouble)
            return False
        except Undecryptable:
            await self._settle(claimed, "given_up")
            self._remind(Action.RECIPIENT_GIVEN_UP, "given_up", {claimed.recipient: 1})
            return True
        await self._settle(claimed, "confirmed")
        self._metrics.passed_on("confirmed")
        return True

    async def _settle(self, claimed: ClaimedTelling, state: State) -> None:
        now_ms = self._clock.now_ms()
        async with self._store.write(is_quick=True) as tx:
            await self._store.tellings.settle(tx, [claimed.telling_id], state, now_ms=now_ms)

    async def _put_off(self, claimed: ClaimedTelling, trouble: NotConfirmed) -> None:
        wait_ms = min(_FIRST_WAIT_MS * 2 ** min(claimed.attempts - 1, 10), _MAX_WAIT_MS)
        due_at_ms = self._clock.now_ms() + wait_ms
        async with self._store.write(is_quick=True) as tx:
            await self._store.tellings.try_again(tx, claimed.telling_id, due_at_ms=due_at_ms)
        self._metrics.passed_on("put_off")
        status, cause = trouble.facts.get("status"), trouble.facts.get("cause")
        action(
            Action.RECIPIENT_NOT_TOLD,
            kind=claimed.recipient,
            status=status if isinstance(status, int) else None,
            error_class=str(cause) if cause else None,
        )

    async def _end_what_is_over(self, now_ms: int) -> None:
        async with self._store.write(is_quick=True) as tx:
            given_up = await self._store.tellings.give_up_expired(tx, now_ms=now_ms)
            by_hand = await self._store.tellings.note_by_hand(tx, now_ms=now_ms)
        self._remind(Action.RECIPIENT_GIVEN_UP, "given_up", given_up)
        self._remind(Action.RECIPIENT_BY_HAND, "by_hand", by_hand)

    def _remind(self, what: Action, outcome: str, counts: Mapping[str, int]) -> None:
        for recipient, count in counts.items():
            self._metrics.passed_on(outcome, count)
            action(what, kind=recipient, count=count)
