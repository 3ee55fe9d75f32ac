"""Does what admins asked for, once its delay is over and nobody took it back."""

from typing import Final

from bot.admins.desk import AdminDesk
from bot.clock import Clock
from flows.admin.refusal import reason_of
from storage import Transaction
from storage.pending_acts import PendingAct

_AT_ONCE: Final = 10


class DelayedActs:
    """Performs due acts, each through the gate as it stands now."""

    def __init__(self, desk: AdminDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    async def do_due(self) -> int:
        """Do what is due; return how much."""
        now_ms, acts = self._clock.now_ms(), self._desk.store.pending_acts
        async with self._desk.store.read(is_quick=True) as tx:
            if not await acts.list_due(tx, now_ms=now_ms, limit=1):
                return 0
        async with self._desk.store.write() as tx:
            due = await acts.list_due(tx, now_ms=now_ms, limit=_AT_ONCE)
            for pending in due:
                await self._do(tx, pending, now_ms)
        return len(due)

    async def _do(self, tx: Transaction, pending: PendingAct, now_ms: int) -> None:
        done = await self._desk.perform_agreed(tx, pending, now_ms=now_ms)
        person = await self._desk.store.people.get(tx, pending.person_id)
        if person is None or not person.key:
            return
        refusal = reason_of(done)
        told = f"{pending.act_id} is done." if not refusal else f"Not done: {refusal}"
        await self._desk.proving.tell(tx, person, told, now_ms=now_ms)
