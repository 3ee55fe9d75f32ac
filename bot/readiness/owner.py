"""Whether somebody answers for a deployment in production, and can be reached outside the chat."""

from typing import Final

from bot.readiness.guard import is_absent
from bot.settings import Fault, Settings
from bot.stores import open_store
from storage import StorageError, Store, Transaction

_STEPS: Final = (
    "Run `chatmagico db upgrade` and `chatmagico admin invite --role owner`, start the bot within "
    "15 minutes, type the code into the chat with your Page, run `chatmagico admin enroll`, and "
    "type /email with your address into the chat."
)
_MAIL: Final = (
    "Write a [mail] table: deadlines and trouble reach admins by e-mail when their chat is closed."
)


async def owner_faults(settings: Settings, *, now_ms: int, may_be_invited: bool) -> list[Fault]:
    """Return what is missing in production; nothing is asked for elsewhere.

    Args:
        settings: What is to be served.
        now_ms: The present time.
        may_be_invited: An owner's code that waits is enough: it can be claimed while the bot runs.
    """
    if not settings.is_production:
        return []
    faults = [] if settings.mail else [Fault("mail", "nothing", _MAIL)]
    if not await _has_owner(settings, now_ms=now_ms, may_be_invited=may_be_invited):
        faults.append(Fault("admins", "no owner with a confirmed e-mail address", _STEPS))
    return faults


async def _has_owner(settings: Settings, *, now_ms: int, may_be_invited: bool) -> bool:
    if any(is_absent(url) for url in (settings.storage.url, settings.keys.url)):
        return False
    store = open_store(settings)
    try:
        async with store.read() as tx:
            if may_be_invited and await store.admins.is_invited(tx, "owner", now_ms=now_ms):
                return True
            return await _is_reachable(tx, store)
    except StorageError:
        return False
    finally:
        await store.close()


async def _is_reachable(tx: Transaction, store: Store) -> bool:
    for admin in await store.admins.list_all(tx):
        person = await store.people.get(tx, admin.person_id) if admin.role == "owner" else None
        if person is None or not person.key:
            continue
        if await store.details.verified_email(tx, person.person_id, person.key):
            return True
    return False
