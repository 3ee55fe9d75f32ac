"""Makes the file of a person's data in slices of a few milliseconds, with a pause after each.

A thread would be no kinder: it would take the interpreter from whoever is acknowledged meanwhile,
again and again. Only the hash over the whole file is made in one: that needs no interpreter.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.clock import Clock, clock_time
from bot.pages import Pages
from bot.pages.document import About, Document
from bot.papers.consent_records import ConsentRecords
from storage import PersonId, Store
from storage.consent_history import acts_of
from storage.holdings import all_but_long, read_long, values_of

#: More at once would cost memory.
_AT_ONCE: Final = 2
#: As long as a slice takes, or longer: others come first.
_PAUSE_S: Final = 0.004


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes files for everybody."""

    store: Store
    clock: Clock
    page_names: Mapping[str, str]
    #: Tells who else gets data, for people to read, and whatever else the notice in force says.
    recipients: Callable[[], str]
    facts: Callable[[], Pages]
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def make(self, person_id: PersonId) -> bytearray | None:
        """Return the signed file; None where the person is gone, or going.

        Raises:
            StorageError: It can't be read now.
        """
        async with self._turns:
            return await self._make(person_id)

    async def _make(self, person_id: PersonId) -> bytearray | None:
        now_ms = self.clock.now_ms()
        async with self.store.read() as tx:
            person = await self.store.people.get(tx, person_id)
            if person is None or person.trouble is not None:
                return None
            head = await self.store.exports.head(tx, person, now_ms=now_ms)
            held = await all_but_long(tx, person)
            acts = await acts_of(tx, person_id)
            asked_anew = await self.store.policies.asked_anew(tx)
        facts = self.facts()
        about = About(
            controller=facts.controller_name,
            page_name=self.page_names.get(person.page_id, person.page_id),
            language=person.language or facts.languages.default,
            recipients=self.recipients(),
            made_at=clock_time(now_ms),
        )
        records = ConsentRecords(facts, asked_anew).of_person(
            acts,
            principal=head["binding"],
            language=about.language,
            made_on=self.clock.now().date(),
        )
        document = Document(about, head, records)
        document.add(held)
        after = None
        while True:
            await asyncio.sleep(_PAUSE_S)
            async with self.store.read(is_quick=True) as tx:
                portion = await read_long(tx, person, after)
            if portion is None:
                break
            after = portion.next
            document.add_long(values_of(person, portion))
        content = document.close()
        await asyncio.to_thread(self.store.exports.sign, content)
        return content
