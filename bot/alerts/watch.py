"""Looks at what is kept for what has a clock or is broken; what mends itself is settled too."""

from typing import Final

from bot.clock import Clock
from storage import Store, Transaction
from storage.alerts import AlertKind, Stage

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
#: On these days of its month an open request is told of.
CASE_DAYS: Final = (20, 27)
#: After this time without any event of a Page.
SILENCE_HOURS: Final = 6
#: So many messages in doubt at once are no accident.
MANY_IN_DOUBT: Final = 20
#: A mail that was put off so often is not waiting for a server that is started anew.
MAIL_TRIES: Final = 3


class Watch:
    """Raises and settles alerts by what is in the database."""

    def __init__(self, store: Store, clock: Clock, *, page_ids: frozenset[str]) -> None:
        self._store = store
        self._clock = clock
        self._page_ids = page_ids

    async def look(self) -> None:
        """Look at everything once."""
        now_ms = self._clock.now_ms()
        async with self._store.write() as tx:
            await self._cases(tx, now_ms)
            await self._silence(tx, now_ms)
            parked = bool(await self._store.inbox.list_parked(tx))
            await self._set(tx, AlertKind.PARKED, parked, now_ms)
            doubts = await self._store.outbox.count_in_doubt(tx)
            await self._set(tx, AlertKind.IN_DOUBT, doubts >= MANY_IN_DOUBT, now_ms)
            failing = await self._store.mails.is_failing(tx, tries=MAIL_TRIES)
            await self._set(tx, AlertKind.MAIL, failing, now_ms)

    async def _set(self, tx: Transaction, kind: AlertKind, stands: bool, now_ms: int) -> None:  # noqa: FBT001 - the fact itself
        act = self._store.alerts.raise_ if stands else self._store.alerts.settle
        await act(tx, kind, now_ms=now_ms)

    async def _cases(self, tx: Transaction, now_ms: int) -> None:
        """Remind of open requests; one whose answer waits for contact was answered."""
        first_ms = CASE_DAYS[0] * _DAY_MS
        due = {
            case.number: case.opened_at_ms
            for case in await self._store.cases.list_undone(tx)
            if case.status == "open" and case.opened_at_ms <= now_ms - first_ms
        }
        for number, opened_at_ms in due.items():
            stages = [Stage(f"{day} days", opened_at_ms + day * _DAY_MS) for day in CASE_DAYS]
            await self._store.alerts.raise_(
                tx, AlertKind.CASE, number, now_ms=now_ms, stages=stages
            )
        await self._store.alerts.settle_others(tx, AlertKind.CASE, due.keys(), now_ms=now_ms)

    async def _silence(self, tx: Transaction, now_ms: int) -> None:
        """Tell of Pages that used to post and do not; one that never did is left alone."""
        silent_ms = SILENCE_HOURS * _HOUR_MS
        heard = await self._store.pages.list_heard(tx)
        silent = {
            page_id
            for page_id, at_ms in heard.items()
            if page_id in self._page_ids and at_ms <= now_ms - silent_ms
        }
        for page_id in sorted(silent):
            stages = [Stage(f"{SILENCE_HOURS} hours", heard[page_id] + silent_ms)]
            await self._store.alerts.raise_(
                tx, AlertKind.SILENCE, page_id, now_ms=now_ms, stages=stages
            )
        await self._store.alerts.settle_others(tx, AlertKind.SILENCE, silent, now_ms=now_ms)
