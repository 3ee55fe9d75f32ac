"""What holds now: the settings as far as the notice in force covers them, on every node.

The first start publishes what is configured, because nobody can have been told anything else.
After that the configuration alone changes nothing that people were told.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.logs import Action, action
from bot.pages import Published
from bot.policy.changes import differences
from bot.policy.facts import facts_hash, facts_of, in_force
from bot.policy.notice import Notice, written
from bot.settings import Settings
from bot.site import rules_of
from flows.kit.person import PolicyChange, PolicyNews
from storage import Store
from storage.policies import NewVersion, Version

if TYPE_CHECKING:
    from bot.turns.conversation import Rules
    from flows.kit.turn import Site

#: Who published the version that a first start makes.
FIRST_START = "first start"


class Terms:
    """Follows which version is in force, and lets everything that depends on it be renewed.

    Args:
        store: Where the versions are.
        clock: Tells when one begins.
        configured: The settings as they are written; they count as far as a notice names them.
    """

    def __init__(self, store: Store, clock: Clock, configured: Settings) -> None:
        self.configured = configured
        #: What counts of them now.
        self.settings = configured
        #: What a turn knows, by Page; renewed in place.
        self.rules: dict[str, Rules] = {}
        self.sites: dict[str, Site] = {}
        self.newest = 0
        self.published = Published(0, b"", {})
        self._store = store
        self._clock = clock
        self._known = (0, 0)
        self._versions: dict[int, Version] = {}
        self._news: dict[int, PolicyNews] = {}
        self._renewed: list[Callable[[], None]] = []

    def on_renewal(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever another version has come into force."""
        self._renewed.append(tell)

    @property
    def is_stale(self) -> bool:
        """Whether the configuration states something that the newest notice does not."""
        newest = self._versions[self.newest].facts
        return facts_hash(facts_of(self.configured)) != facts_hash(newest)

    @property
    def published_at_ms(self) -> int:
        """When the newest version was published."""
        return self._versions[self.newest].published_at_ms

    def time_zone_of(self, page_id: str) -> str:
        """Return the name of the zone a Page goes by where a person gave none."""
        zones = (page.time_zone for page in self.configured.pages if page.id == page_id)
        return next(zones, "UTC")

    async def begin(self) -> None:
        """Find what is in force; where nothing was ever published, publish what is configured."""
        async with self._store.read() as tx:
            newest, _ = await self._store.policies.numbers(tx)
        if not newest:
            await self._publish_first(await asyncio.to_thread(written, self.configured))
        await self.renew()

    async def renew(self) -> None:
        """Let begin what is due, and follow; cheap while nothing has changed."""
        book, now_ms = self._store.policies, self._clock.now_ms()
        if any(one.begun_at_ms is None and one.in_force_from_ms <= now_ms for one in self._later):
            async with self._store.write() as tx:
                await book.begin_due(tx, now_ms=now_ms)
        async with self._store.read(is_quick=True) as tx:
            numbers = await book.numbers(tx)
            if numbers == self._known:
                return
            versions = {one.number: one for one in await book.list_all(tx)}
            texts = await book.texts_of(tx, numbers[1])
        self._known, self._versions, self.newest = numbers, versions, numbers[0]
        self._news.clear()
        current = versions[numbers[1]]
        self.published = Published(current.number, current.words_hash, texts)
        self._hold(in_force(self.configured, current.facts))
        if self.is_stale:
            action(Action.NOTICE_STALE, count=self.newest)

    def news_since(self, known: int) -> PolicyNews:
        """Return what to tell somebody who knows the notice as it was in that version."""
        if known not in self._news:
            between = [self._versions[one] for one in range(known, self.newest + 1)]
            self._news[known] = _news(between)
        return self._news[known]

    @property
    def _later(self) -> list[Version]:
        return [one for one in self._versions.values() if one.begun_at_ms is None]

    def _hold(self, settings: Settings) -> None:
        self.settings = settings
        self.rules.clear()
        self.rules.update(rules_of(settings))
        self.sites.clear()
        self.sites.update({page_id: rules.site for page_id, rules in self.rules.items()})
        self._store.proofs.days = settings.retention.consent_evidence_days
        for tell in self._renewed:
            tell()

    async def _publish_first(self, notice: Notice) -> None:
        now_ms = self._clock.now_ms()
        first = NewVersion(
            words_hash=notice.words_hash,
            facts=notice.facts,
            texts=notice.texts,
            published_by=FIRST_START,
            in_force_from_ms=now_ms,
        )
        async with self._store.write() as tx:
            # Of several nodes that start at once one does it; they are configured alike.
            await self._store.policies.publish(tx, first, after=0, now_ms=now_ms)
        action(Action.NOTICE_PUBLISHED, count=1)


def _news(versions: list[Version]) -> PolicyNews:
    """Return what is new in the last of these to somebody who knows the first."""
    old, *since = versions
    new = since[-1]
    found = [one.for_people() for one in differences(old.facts, new.facts)]
    return PolicyNews(
        number=new.number,
        holds_from=datetime.fromtimestamp(new.in_force_from_ms / 1000, UTC),
        changes=tuple(found) or (PolicyChange("words"),),
        asks_again=frozenset(one for version in since for one in version.asks_again),
    )
