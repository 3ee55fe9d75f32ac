"""What the unsubscribe pages know and do: a link shows what somebody gets, and ends it.

A link is never used up: whoever wants to end something is not refused because they did so before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from bot.clock import Clock
from bot.details.giving import Giving
from bot.pages.unsubscribe import Subscription
from bot.turns.conversation import Rules
from bot.turns.effects import ConsentActs, apply
from bot.turns.state import from_bytes, to_ms, to_time
from flows.kit.effects import Withdraw
from flows.kit.person import Memory
from storage import KnownPerson, PersonId, Store, Transaction
from storage.links import UNSUBSCRIBE_MS

LINK_MS: Final = UNSUBSCRIBE_MS


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Makes unsubscribe links, and does what they are for."""

    store: Store
    clock: Clock
    #: What is configured, by Page id.
    rules: Mapping[str, Rules]
    #: Where the world reaches the pages.
    url: str
    giving: Giving

    async def make_link(self, tx: Transaction, person: PersonId, *, purpose: str = "") -> str:
        """Make the address at which a person ends one purpose, or all of them."""
        now_ms = self.clock.now_ms()
        token = await self.store.links.make(
            tx,
            person,
            "unsubscribe",
            now_ms=now_ms,
            expires_at_ms=now_ms + LINK_MS,
            about=purpose or None,
        )
        return f"{self.url}/unsubscribe/{token}"

    async def look(self, token: str) -> Subscription | None:
        """Return what a link is about; None where it leads to nobody. Changes nothing."""
        async with self.store.read(is_quick=True) as tx:
            found = await self._find(tx, token)
            if found is None:
                return None
            person, about = found
            acts = await self._acts(tx, person)
        return self._told(person, acts, about, ended=())

    async def end(self, token: str) -> Subscription | None:
        """Withdraw what a link is about; return what is left, None where it leads to nobody."""
        async with self.store.write(is_quick=True) as tx:
            found = await self._find(tx, token)
            if found is None:
                return None
            person, about = found
            acts = await self._acts(tx, person)
            before = _granted(acts)
            if before or await self.store.inbox.list_pending(tx, [person.person_id]):
                person = self._withdrawn(person, acts, about)
                now_ms = self.clock.now_ms()
                await self.store.consents.record(tx, acts.noted, acts.changed(), now_ms=now_ms)
                if person.trouble is None:
                    await self.store.people.change(tx, [person])
                if person.restricted_since_ms is None:
                    await self.giving.drop_unneeded(tx, person, acts.statuses)
        still = _granted(acts)
        return self._told(person, acts, about, ended=tuple(p for p in before if p not in still))

    async def _find(self, tx: Transaction, token: str) -> tuple[KnownPerson, str] | None:
        link = await self.store.links.look(tx, token, "unsubscribe")
        if link is None or link.expires_at_ms <= self.clock.now_ms():
            return None
        person = await self.store.people.get(tx, link.person_id)
        return (
            None
            if person is None or person.page_id not in self.rules
            else (person, link.about or "")
        )

    async def _acts(self, tx: Transaction, person: KnownPerson) -> ConsentActs:
        statuses = await self.store.consents.find(tx, [person.person_id])
        return ConsentActs(person.person_id, statuses[person.person_id])

    def _withdrawn(self, person: KnownPerson, acts: ConsentActs, about: str) -> KnownPerson:
        """Let the withdrawal count, and the time of keeping follow from it."""
        rules = self.rules[person.page_id]
        # Whatever is on record came before this tap, however far the clocks are apart.
        recorded = [status.granted_at_ms or 0 for status in acts.statuses.values()]
        at = to_time(max([self.clock.now_ms(), *recorded]))
        apply((Withdraw((about,) if about else ()),), person, Memory(), acts, rules.site, at)
        try:
            heard_at = from_bytes(person.state).memory.last_heard_at
        except msgspec.MsgspecError:
            return person  # the time of keeping stays as it is until their state opens again
        if heard_at is None:
            return person
        due_ms = rules.retention.erase_due_at_ms(
            to_ms(heard_at),
            acts.statuses.values(),
            is_restricted=person.restricted_since_ms is not None,
        )
        return replace(person, erase_due_at_ms=due_ms)

    def _told(
        self, person: KnownPerson, acts: ConsentActs, about: str, *, ended: tuple[str, ...]
    ) -> Subscription:
        site = self.rules[person.page_id].site
        granted = _granted(acts)
        is_leaving = not granted and any(one.granted_at_ms for one in acts.statuses.values())
        return Subscription(
            language=person.language or site.default_language,
            page_name=site.page_name,
            about=about,
            granted=granted,
            ended=ended,
            erased_on=_day(person.erase_due_at_ms) if is_leaving else None,
        )


def _granted(acts: ConsentActs) -> tuple[str, ...]:
    return tuple(name for name, status in acts.statuses.items() if status.is_granted)


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()
