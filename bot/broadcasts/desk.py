"""Where broadcasts are written, scheduled and watched beside a running bot: on the command line.

Whoever holds the server is the operator; what they do to a broadcast stands in the audit.
"""

from dataclasses import dataclass

from bot.broadcasts.acts import Acts, Draft, acts_of
from bot.broadcasts.preview import Preview
from bot.broadcasts.reporting import Report, report_of
from bot.broadcasts.schedule import Schedule
from bot.settings import Settings
from storage import Store, Transaction
from storage.admin_acts import OPERATOR, AdminAct
from storage.broadcasts.records import Broadcast, RunState

#: So many rows are changed in one transaction.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes, changes and tells of broadcasts."""

    settings: Settings
    store: Store
    acts: Acts

    async def draft(self, draft: Draft, *, now_ms: int) -> int:
        """Keep a draft; raises as `Acts.add` does."""
        async with self.store.write() as tx:
            return await self.acts.add(tx, draft, now_ms=now_ms)

    async def rewrite(self, number: int, draft: Draft) -> None:
        """Put other words into a draft; raises as `Acts.rewrite` does."""
        async with self.store.write() as tx:
            await self.acts.rewrite(tx, number, draft)

    async def copy(self, number: int, *, made_by: str, now_ms: int) -> int:
        """Make a draft of what another broadcast says; return its number."""
        async with self.store.write() as tx:
            return await self.acts.copy(tx, number, made_by=made_by, now_ms=now_ms)

    async def preview(self, number: int, schedule: Schedule, *, now_ms: int) -> Preview:
        """Count whom a broadcast would reach on this schedule, and which way."""
        async with self.store.read() as tx:
            found = await self.acts.get(tx, number)
            return await self.acts.preview(tx, found, schedule, now_ms=now_ms)

    async def schedule(self, number: int, schedule: Schedule, *, now_ms: int) -> int:
        """Let a draft be sent; raises as `Acts.schedule` does."""
        async with self.store.write() as tx:
            return await self.acts.schedule(
                tx, number, schedule, by=OPERATOR, is_for_many=True, now_ms=now_ms
            )

    async def pause(self, number: int, *, now_ms: int) -> None:
        """Let nothing more of a broadcast begin to leave, from the next claim on."""
        async with self.store.write() as tx:
            await self.acts.move(tx, number, ("scheduled",), "paused", "asked for")
            self._note(tx, "broadcasts pause", number, now_ms)

    async def resume(self, number: int, *, now_ms: int) -> None:
        """Let a paused broadcast go on where it was."""
        async with self.store.write() as tx:
            await self.acts.resume(tx, number, by=OPERATOR, is_for_many=True)
            self._note(tx, "broadcasts resume", number, now_ms)

    async def start_missed(self, number: int, *, now_ms: int) -> int:
        """Send what was missed last, as if it were due now; return how many occurrences begin."""
        async with self.store.write() as tx:
            self._note(tx, "broadcasts start-missed", number, now_ms)
            return await self.acts.start_missed(tx, number, is_for_many=True, now_ms=now_ms)

    async def drop_missed(self, number: int, *, now_ms: int) -> int:
        """Never send occurrences that were missed; return how many."""
        async with self.store.write() as tx:
            self._note(tx, "broadcasts drop-missed", number, now_ms)
            return await self.acts.drop_missed(tx, number, now_ms=now_ms)

    async def cancel(self, number: int, *, now_ms: int) -> None:
        """End a broadcast for good; what has begun to leave arrives, nothing else does."""
        async with self.store.write() as tx:
            await self.acts.cancel(tx, number)
            self._note(tx, "broadcasts cancel", number, now_ms)
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
            return await self.acts.get(tx, number)

    async def list_all(self) -> list[Broadcast]:
        """Return the newest broadcasts."""
        async with self.store.read() as tx:
            return await self.store.broadcasts.list_all(tx)

    async def report(self, number: int) -> Report:
        """Count what came of a broadcast so far, by lane and outcome."""
        async with self.store.read() as tx:
            return await report_of(tx, self.store, await self.acts.get(tx, number))

    def _note(self, tx: Transaction, act: str, number: int, now_ms: int) -> None:
        line = AdminAct(OPERATOR, "", act, f"B-{number}", "", now_ms)
        self.store.admin_acts.note(tx, line)

    async def _drop_some(self, run_id: bytes, now_ms: int) -> bool:
        async with self.store.write() as tx:
            return await self.store.drop_of_run(tx, run_id, now_ms=now_ms, limit=_AT_ONCE) > 0


def desk_of(settings: Settings, store: Store) -> Desk:
    """Return where broadcasts are worked on, beside a running bot or within it."""
    return Desk(settings, store, acts_of(settings, store))
