"""Puts the ends of Pages' bots into a running bot."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.outbound.graph import Graph
from bot.retiring.messenger import AtPages
from bot.retiring.people import Leaving
from bot.retiring.retiring import Retiring
from bot.settings import Settings
from storage import Store


async def retiring_of(
    settings: Settings, store: Store, clock: Clock, lines: Mapping[str, Graph]
) -> Retiring:
    """Return what carries out ends of Pages' bots, and knows by now which Pages these are."""
    at_pages = AtPages(lines, app_id=settings.messenger.app_id)
    retiring = Retiring(store, clock, at_pages, Leaving(settings, store), frozenset(lines))
    await retiring.learn()
    return retiring
