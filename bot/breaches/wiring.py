"""Lets the jobs about breaches happen."""

from collections.abc import Callable

from bot.breaches.clock import BreachClock, LogAlerts
from bot.breaches.telling import Teller
from bot.clock import Clock
from bot.jobs.scheduler import Scheduler
from bot.settings import Settings
from storage import Store


def schedule_breach_jobs(
    scheduler: Scheduler,
    settings: Settings,
    store: Store,
    clock: Clock,
    *,
    wake_sender: Callable[[], None],
) -> None:
    """Go on telling people, and remind admins of the clock."""
    scheduler.every(1, Teller(settings, store, clock, wake_sender=wake_sender).go_on)
    scheduler.every(60, BreachClock(store, clock, LogAlerts()).remind)
