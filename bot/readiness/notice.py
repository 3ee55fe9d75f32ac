"""Whether the published notice says what the configuration does."""

from bot.clock import SystemClock
from bot.policy.publishing import Publisher
from bot.readiness.guard import is_absent
from bot.settings import Fault, Settings
from bot.stores import open_store
from storage import StorageError
from storage.db import schema

_MEND = (
    "An owner looks at `/policy` in the chat, or you at `chatmagico policy diff`, and publishes. "
    "Until then the published notice holds: what is new gets nothing."
)


async def notice_faults(settings: Settings) -> list[Fault]:
    """Return a fault where the configuration waits for an owner; none before the first start."""
    if is_absent(settings.storage.url):
        return []
    store = open_store(settings)
    try:
        await schema.require(store.main, "main")
        publisher = Publisher(store, SystemClock(), settings)
        async with store.read() as tx:
            newest, _ = await store.policies.numbers(tx)
            is_stale = bool(newest) and (await publisher.look(tx)).is_stale
    except StorageError:
        return []  # told where the databases are looked at
    finally:
        await store.close()
    if not is_stale:
        return []
    return [Fault("the notice", f"a configuration that version {newest} does not state", _MEND)]
