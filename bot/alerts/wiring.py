"""Puts the alerts into a running bot: who looks, who asks Messenger, who tells."""

from collections.abc import Callable
from typing import Final

from bot.alerts.herald import Herald
from bot.alerts.page_check import PageCheck
from bot.alerts.watch import Watch
from bot.clock import Clock
from bot.jobs.scheduler import Scheduler
from bot.outbound.subscribing import Subscribing
from bot.settings import Settings
from storage import Store

_LOOK_S: Final = 60
_ASK_S: Final = 3_600
#: An admin who writes hears what waited for it within this time.
_TELL_S: Final = 5


def schedule_alerts(
    scheduler: Scheduler,
    settings: Settings,
    store: Store,
    clock: Clock,
    subscribing: Subscribing,
    *,
    is_ended: Callable[[str], bool],
) -> None:
    """Let everything that raises, settles and tells alerts run on the clock."""
    watch = Watch(store, clock, page_ids=frozenset(subscribing.lines))
    check = PageCheck(store, clock, subscribing, is_ended=is_ended)
    herald = Herald(store, clock, sends_mail=settings.mail is not None)

    async def look_and_tell() -> None:
        await watch.look()
        await herald.tell_due()

    scheduler.every(_LOOK_S, look_and_tell)
    scheduler.every(_ASK_S, check.ask)
    scheduler.every(_TELL_S, herald.tell_due)
