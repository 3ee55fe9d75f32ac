"""The clock of Art. 33(1) GDPR: 72 hours from becoming aware, and who is reminded when."""

from dataclasses import dataclass
from typing import Final

from bot.clock import Clock
from storage import Store, Transaction
from storage.alerts import AlertKind, Stage
from storage.breaches import Breach

HOUR_MS: Final = 3_600_000
#: Until then the authority has to be told, unless a risk to people is unlikely.
DEADLINE_HOURS: Final = 72
#: After so many hours admins are reminded, while the authority was not told.
REMINDER_HOURS: Final = (24, 48, 66, 71)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One entry of the register that admins are to be reminded of."""

    breach: Breach
    #: All that are due and were not given; only the last of them is told.
    hours: tuple[int, ...]

    @property
    def stage(self) -> str:
        """Return what the reminder is called."""
        return f"{self.hours[-1]} hours"


def deadline_ms(breach: Breach) -> int:
    """Return until when the authority has to be told."""
    return breach.aware_at_ms + DEADLINE_HOURS * HOUR_MS


class BreachClock:
    """Reminds admins, each time once, whatever is stopped or started on the way."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def due_reminders(self, now_ms: int) -> list[Reminder]:
        """Return what admins are to be reminded of now."""
        async with self._store.read() as tx:
            return await self._due(tx, now_ms)

    async def remind(self) -> int:
        """Remind admins of what is due, and remember it in the same transaction."""
        now_ms = self._clock.now_ms()
        if not await self.due_reminders(now_ms):
            return 0
        async with self._store.write() as tx:
            due = await self._due(tx, now_ms)
            for one in due:
                await self._store.alerts.raise_(
                    tx,
                    AlertKind.BREACH,
                    one.breach.number,
                    now_ms=now_ms,
                    stages=[Stage(one.stage, now_ms)],
                )
                await self._store.breaches.note_reminders(
                    tx, one.breach.breach_id, one.hours, now_ms=now_ms
                )
        return len(due)

    async def _due(self, tx: Transaction, now_ms: int) -> list[Reminder]:
        running = await self._store.breaches.list_running(tx)
        given = await self._store.breaches.reminded(tx, [one.breach_id for one in running])
        found = []
        for breach in running:
            passed = [h for h in REMINDER_HOURS if breach.aware_at_ms + h * HOUR_MS <= now_ms]
            new = tuple(h for h in passed if h not in given[breach.breach_id])
            if new:
                found.append(Reminder(breach, new))
        return found
