"""Whether databases, secrets and tombstones belong together, and nobody is back who was erased."""

from pathlib import Path

from bot.settings import Fault, Settings
from bot.stores import open_store
from storage import StorageError
from storage.db import schema
from storage.errors import EpochGone, PeopleMissing, SchemaTooOld, SecretForeign

_KEYS = {EpochGone: "keys.file", SecretForeign: "keys.file", PeopleMissing: "storage.url"}


async def guard_faults(settings: Settings) -> list[Fault]:
    """Return what would keep a database with people in it from being served."""
    if any(is_absent(url) for url in (settings.storage.url, settings.keys.url)):
        return []
    store = open_store(settings)
    try:
        await schema.require(store.main, "main")
        await schema.require(store.keyring.database, "keys")
        await store.guard.require_whole()
        await store.guard.require_nobody_back()
        await store.guard.require_secrets()
    except SchemaTooOld:
        return []  # told where the databases are looked at
    except StorageError as refused:
        key = _KEYS.get(type(refused), "storage.tombstones")
        told = str(refused).removesuffix(".").lower()
        return [Fault(key, told, refused.advice)]
    finally:
        await store.close()
    return []


def is_absent(url: str) -> bool:
    """Tell whether a file is not there yet, so that looking would make it."""
    path = url.partition("sqlite+aiosqlite:///")[2]
    return bool(path) and not Path(path).exists()
