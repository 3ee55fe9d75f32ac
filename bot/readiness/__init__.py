"""Whether a deployment is ready to serve: every check, none of which changes anything."""

from bot.clock import Clock
from bot.readiness.app import app_faults
from bot.readiness.certificate import certificate_faults
from bot.readiness.clock import clock_faults
from bot.readiness.databases import database_faults, paused_faults
from bot.readiness.guard import guard_faults
from bot.readiness.keys import key_faults
from bot.readiness.mail import mail_faults
from bot.readiness.notice import notice_faults
from bot.readiness.owner import owner_faults
from bot.readiness.pages import page_faults
from bot.readiness.recipients import hints_of
from bot.readiness.texts import text_faults
from bot.settings import Fault, Settings

__all__ = ["faults_of", "hints_of"]


async def faults_of(settings: Settings, *, clock: Clock, is_offline: bool) -> list[Fault]:
    """Return everything that is wrong, in the order of the configuration file.

    Args:
        settings: What is to be served; already known to be good in itself.
        clock: Tells the time, and is looked at itself.
        is_offline: Leave out what only the Graph API and the mail server can tell.
    """
    now_ms = clock.now_ms()
    faults = certificate_faults(settings) + text_faults(settings)
    if not is_offline:
        faults += await clock_faults(settings, clock)
        faults += await app_faults(settings, now_ms=now_ms)
        faults += await page_faults(settings)
    in_databases = await database_faults(settings)
    faults += in_databases
    if "storage.url" not in {fault.key for fault in in_databases}:
        faults += await paused_faults(settings, now_ms=now_ms)
    unusable = key_faults(settings)
    if not unusable and not in_databases:
        faults += await guard_faults(settings)
        faults += await notice_faults(settings)
        faults += await owner_faults(settings, now_ms=now_ms, may_be_invited=False)
    faults += unusable
    if not is_offline:
        faults += await mail_faults(settings)
    return list(dict.fromkeys(faults))
