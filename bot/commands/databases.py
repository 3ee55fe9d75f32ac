"""The databases, opened for a command that looks or changes something beside a running bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.commands.process import protect

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import Store


@asynccontextmanager
async def opened(settings: "Settings") -> AsyncIterator["Store"]:
    """Open both databases; they must have this version's tables."""
    from storage.db import schema

    async with unchecked(settings) as store:
        await schema.require(store.main, "main")
        yield store


@asynccontextmanager
async def unchecked(settings: "Settings") -> AsyncIterator["Store"]:
    """Open both databases, whatever tables they have."""
    from bot.readiness.keys import key_faults
    from bot.settings import SettingsFaults
    from bot.stores import open_store

    protect()
    if faults := key_faults(settings):
        raise SettingsFaults(faults)
    store = open_store(settings)
    try:
        yield store
    finally:
        await store.close()
