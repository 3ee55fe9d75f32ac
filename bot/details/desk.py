"""The page's side of giving a detail: a link is looked at, and spent together with what is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.details.giving import Giving, as_field, purposes_needing
from bot.pages.detail import Asked, Taken
from bot.turns.own_events import found
from storage import KnownPerson, Transaction


@dataclass(frozen=True, slots=True)
class DetailDesk:
    """Takes details in, for whoever has the secret part of a link."""

    giving: Giving
    #: The chat goes on with what was given.
    wake: Callable[[], None]

    async def look(self, token: str) -> Asked | None:
        """Return what an open link asks for; None where it is over, or nothing needs it."""
        store = self.giving.store
        async with store.read(is_quick=True) as tx:
            if await store.links.look(tx, token, "detail") is None:
                return None  # whoever guesses takes no turn from the writers
        async with store.write(is_quick=True) as tx:
            opened = await self._open(tx, token)
        return opened[1] if opened else None

    async def take(self, token: str, typed: str) -> Taken:
        """Keep a value, spend the link and let the chat go on, all at once."""
        store, now_ms = self.giving.store, self.giving.clock.now_ms()
        async with store.write(is_quick=True) as tx:
            opened = await self._open(tx, token)
            if opened is None:
                return "over"
            person, asked = opened
            if not await self.giving.keep(tx, person, asked.name, typed):
                return "refused"
            await store.links.spend(tx, token, "detail", now_ms=now_ms)
            facts = {"field": asked.name, "result": "kept"}
            event = found(person.person_id, "detail_given", facts, now_ms=now_ms)
            await store.inbox.add(tx, [event])
        self.wake()
        return "kept"

    async def _open(self, tx: Transaction, token: str) -> tuple[KnownPerson, Asked] | None:
        """Look a link up and lock its person; None where it is over.

        The person comes first: of two that use one link, the second finds it spent.
        """
        store, now_ms = self.giving.store, self.giving.clock.now_ms()
        link = await store.links.look(tx, token, "detail")
        person = await store.people.get(tx, link.person_id) if link else None
        link = await store.links.look(tx, token, "detail") if person else None
        if link is None or person is None or person.trouble or not link.is_open(now_ms):
            return None
        site = self.giving.sites.get(person.page_id)
        if site is None:
            return None
        name = as_field(link.about or "")
        statuses = await store.consents.find(tx, [person.person_id])
        needed_by = purposes_needing(site, name, statuses[person.person_id])
        if not needed_by and name not in await self.giving.given(tx, person):
            return None
        return person, Asked(name, needed_by, person.language or site.default_language)
