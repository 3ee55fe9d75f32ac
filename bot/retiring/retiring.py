"""Carries out ends of Pages' bots, wherever a crash comes between, on however many nodes.

Nodes learn within a second which Pages end; an end is over only once all of them must have, so that
nobody new is known on that Page behind the back of the last look.
"""

from typing import Final

from bot.clock import Clock
from bot.logs import Action, action
from bot.retiring.messenger import AtPages
from bot.retiring.people import Leaving
from storage import Store, Transaction
from storage.admin_acts import OPERATOR, AdminAct
from storage.alerts import AlertKind, Stage
from storage.retirements import Retirement

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
#: A Page that was disconnected is left for so long, so that it can be connected again.
GRACE_MS: Final = 30 * _DAY_MS
#: Of those, the last days on which admins are reminded.
_REMINDED_MS: Final = 7 * _DAY_MS
#: By then every node knows that the Page ends, and has kept what it had taken in before.
SETTLED_MS: Final = 10_000
#: What a node learned longer ago than this is learned anew before anything is taken in.
_STALE_MS: Final = SETTLED_MS // 2
#: Messenger is asked for so long to forget the Page; then the certificate says that it did not.
_TRIED_MS: Final = _DAY_MS
#: Of people, in a second: no more than messages can leave, for each waits for its own.
_BATCHES: Final = 2


class Retiring:
    """Goes on with every end that was ordered.

    Args:
        store: Where everything is kept.
        clock: Tells the time.
        at_pages: Speaks to Messenger about the Pages.
        leaving: Tells and erases the people.
        pages: The configured ones.
    """

    def __init__(
        self, store: Store, clock: Clock, at_pages: AtPages, leaving: Leaving, pages: frozenset[str]
    ) -> None:
        self._store = store
        self._clock = clock
        self._at_pages = at_pages
        self._leaving = leaving
        self._pages = pages
        self._ended: frozenset[str] = frozenset()
        self._learned_at_ms = 0

    async def list_ended(self) -> frozenset[str]:
        """Return the Pages of whose people nothing new is taken in.

        A machine may stand still between two looks; what it knew before is then not gone by.
        """
        if abs(self._clock.now_ms() - self._learned_at_ms) > _STALE_MS:
            await self.learn()
        return self._ended

    def is_ended(self, page_id: str) -> bool:
        """Tell whether a Page's bot ends or has ended, as far as this node knows."""
        return page_id in self._ended

    async def note_disconnected(self, page_id: str | None) -> None:
        """Take in that somebody took the app away, from this Page or from one that is not named.

        It says nothing for sure: `look` asks Messenger which Pages it is true of.
        """
        now_ms = self._clock.now_ms()
        named = self._pages & {page_id} or self._pages
        async with self._store.write(is_quick=True) as tx:
            for one in sorted(named):
                await self._store.retirements.order(
                    tx, one, by="Messenger", now_ms=now_ms, due_at_ms=now_ms + GRACE_MS
                )
        action(Action.APP_DEAUTHORIZED, count=len(named))

    async def go_on(self) -> None:
        """Learn which Pages end, and take each a step further."""
        now_ms = self._clock.now_ms()
        for one in await self.learn():
            if one.done_at_ms is not None:
                continue
            if one.begun_at_ms is None:
                if one.due_at_ms <= now_ms:
                    await self._begin(one, now_ms)
            else:
                await self._go_on(one, one.begun_at_ms, now_ms)

    async def look(self) -> None:
        """Let go of disconnected Pages that are connected again; tell the admins of the others.

        Also catches whoever slipped in where an end was over already.
        """
        now_ms = self._clock.now_ms()
        for one in await self.learn():
            if one.done_at_ms is not None:
                await self._erase(one.page_id, now_ms)
            elif one.begun_at_ms is None and one.ordered_by == "Messenger":
                await self._ask(one, now_ms)

    async def learn(self) -> list[Retirement]:
        """Learn which Pages end or have ended; return all of them."""
        now_ms = self._clock.now_ms()
        async with self._store.read(is_quick=True) as tx:
            found = await self._store.retirements.list_all(tx)
        self._ended = frozenset(one.page_id for one in found if one.begun_at_ms is not None)
        self._learned_at_ms = now_ms
        return found

    async def _ask(self, one: Retirement, now_ms: int) -> bool:
        """Return whether Messenger says, just now, that a Page is not connected."""
        is_connected = await self._at_pages.is_connected(one.page_id)
        if is_connected is None:
            return False
        async with self._store.write(is_quick=True) as tx:
            if is_connected:
                await self._store.retirements.cancel(tx, one.page_id)
                await self._settle(tx, one.page_id, now_ms)
            else:
                await self._warn(tx, one, now_ms)
        return not is_connected

    async def _warn(self, tx: Transaction, one: Retirement, now_ms: int) -> None:
        stages = [
            Stage("30 days", now_ms),
            Stage("7 days", one.due_at_ms - _REMINDED_MS),
        ]
        await self._store.alerts.raise_(
            tx, AlertKind.DISCONNECTED, one.page_id, now_ms=now_ms, stages=stages
        )

    async def _settle(self, tx: Transaction, page_id: str, now_ms: int) -> None:
        await self._store.alerts.settle(tx, AlertKind.DISCONNECTED, page_id, now_ms=now_ms)

    async def _begin(self, one: Retirement, now_ms: int) -> None:
        """Begin; where nobody at the server ordered it, only on Messenger's word of this moment."""
        is_ordered = one.ordered_by == "operator"
        if not is_ordered and not await self._ask(one, now_ms):
            return
        actor = OPERATOR if is_ordered else "Messenger"
        async with self._store.write() as tx:
            if not await self._store.retirements.begin(tx, one.page_id, now_ms=now_ms):
                return
            act = AdminAct(actor, "", "page retire", one.page_id, "", now_ms)
            self._store.admin_acts.note(tx, act)
            await self._settle(tx, one.page_id, now_ms)
            await self._store.alerts.raise_(tx, AlertKind.RETIRING, one.page_id, now_ms=now_ms)
        action(Action.PAGE_RETIRING, page_id=one.page_id)

    async def _go_on(self, one: Retirement, begun_at_ms: int, now_ms: int) -> None:
        await self._erase(one.page_id, now_ms)
        async with self._store.read() as tx:
            left = await self._store.retirements.count_left(tx, one.page_id)
        if left or now_ms < begun_at_ms + SETTLED_MS:
            return
        if one.at_messenger is None and not await self._take_away(one, begun_at_ms, now_ms):
            return
        async with self._store.write() as tx:
            is_done = await self._store.retirements.finish(tx, one.page_id, now_ms=now_ms)
            await self._store.alerts.settle(tx, AlertKind.RETIRING, one.page_id, now_ms=now_ms)
        if is_done:
            await self._store.scrub(everything=True)
            action(Action.PAGE_RETIRED, page_id=one.page_id, count=one.people)

    async def _erase(self, page_id: str, now_ms: int) -> None:
        for _ in range(_BATCHES):
            async with self._store.write() as tx:
                if not await self._leaving.erase_some(tx, page_id, now_ms=now_ms):
                    return

    async def _take_away(self, one: Retirement, begun_at_ms: int, now_ms: int) -> bool:
        outcome = await self._at_pages.take_away(one.page_id)
        if outcome is None and now_ms < begun_at_ms + _TRIED_MS:
            return False
        async with self._store.write(is_quick=True) as tx:
            await self._store.retirements.note_at_messenger(tx, one.page_id, outcome or "refused")
        return True
