"""How an owner publishes: look at what differs, prepare a draft, publish just that.

A draft is bound to what was looked at. Whoever edits or publishes names the draft they have seen;
where somebody else, or the configuration, has changed it since, nothing happens and they are told.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from bot.clock import Clock
from bot.errors import BotError
from bot.policy.changes import Difference, changed_words, differences
from bot.policy.facts import facts_hash
from bot.policy.notice import Notice, written
from bot.settings import Settings
from storage import Store, Transaction
from storage.errors import DraftMoved
from storage.policies import NewVersion, PolicyDraft, Version


class NothingToPublish(BotError):
    """The published notice says just what the configuration does."""

    advice = "Change the configuration first, then start the bot anew."


class DraftOutdated(BotError):
    """The configuration has changed since the draft was begun."""

    advice = "Drop the draft and begin another; look at what differs before you publish."


class NoSuchPurpose(BotError):
    """A purpose that is to be asked about anew is not configured."""

    advice = "Write ids of [[purposes]]."


@dataclass(frozen=True)
class Proposal:
    """What would be published, beside what is."""

    notice: Notice
    newest: Version
    differences: list[Difference]
    #: Sentences that went and came, in the default language.
    words: list[str] = field(repr=False)
    draft: PolicyDraft | None

    @property
    def is_stale(self) -> bool:
        """Whether its words or its statements are others than the published ones."""
        is_same = self.notice.words_hash == self.newest.words_hash
        return not is_same or self.notice.facts_hash != facts_hash(self.newest.facts)

    @property
    def changed_purposes(self) -> tuple[str, ...]:
        """Return the purposes that are worded otherwise: people are best asked again."""
        return tuple(one.purpose_id for one in self.differences if one.kind == "purpose_changed")

    @property
    def is_outdated(self) -> bool:
        """Whether the draft was begun from another configuration."""
        bound = self.draft and (self.draft.words_hash, self.draft.facts_hash)
        return bool(bound) and bound != (self.notice.words_hash, self.notice.facts_hash)


class Publisher:
    """Prepares and publishes what is configured."""

    def __init__(self, store: Store, clock: Clock, configured: Settings) -> None:
        self._store = store
        self._clock = clock
        self._configured = configured
        self._notice: Notice | None = None

    async def notice(self) -> Notice:
        """Return the notice of this configuration, made once."""
        if self._notice is None:
            self._notice = await asyncio.to_thread(written, self._configured)
        return self._notice

    async def look(self, tx: Transaction) -> Proposal:
        """Return what would be published, and how that differs."""
        notice, book = await self.notice(), self._store.policies
        newest = (await book.list_all(tx))[-1]
        old = await book.texts_of(tx, newest.number)
        language = self._configured.languages.default
        return Proposal(
            notice=notice,
            newest=newest,
            differences=differences(newest.facts, notice.facts),
            words=changed_words(old, notice.texts, language),
            draft=await book.draft(tx),
        )

    async def standing(self, tx: Transaction) -> str:
        """Say in a few words which version is in force, and whether more is configured."""
        newest, in_force = await self._store.policies.numbers(tx)
        proposal = await self.look(tx)
        told = [f"version {in_force} is in force"]
        if newest != in_force:
            told.append(f"version {newest} is to be")
        if proposal.is_stale:
            told.append("the configuration says something else, which waits: /policy")
        return "; ".join(told)

    async def begin(self, tx: Transaction, *, by: str) -> PolicyDraft:
        """Begin a draft: in force at once, asking anew about what is worded otherwise.

        Raises:
            NothingToPublish: Nothing differs.
            DraftMoved: There is one already.
        """
        proposal = await self.look(tx)
        if not proposal.is_stale:
            raise NothingToPublish
        draft = PolicyDraft(
            revision=1,
            words_hash=proposal.notice.words_hash,
            facts_hash=proposal.notice.facts_hash,
            in_force_from_ms=None,
            asks_again=proposal.changed_purposes,
            edited_by=by,
            edited_at_ms=self._clock.now_ms(),
        )
        await self._store.policies.keep_draft(tx, draft, instead_of=None)
        return draft

    @property
    def purposes(self) -> frozenset[str]:
        """Return the ids of the purposes that are configured."""
        return frozenset(purpose.id for purpose in self._configured.purposes)

    def starting(self, draft: PolicyDraft, at_ms: int | None) -> PolicyDraft:
        """Return a draft that is in force from a time on; None means at once."""
        return replace(draft, in_force_from_ms=at_ms)

    def asking(self, draft: PolicyDraft, purposes: Collection[str]) -> PolicyDraft:
        """Return a draft that asks anew about these purposes, and about no others.

        Raises:
            NoSuchPurpose: One of them is not configured.
        """
        if not self.purposes.issuperset(purposes):
            raise NoSuchPurpose
        return replace(draft, asks_again=tuple(sorted(purposes)))

    async def edit(
        self, tx: Transaction, seen: PolicyDraft, changed: PolicyDraft, *, by: str
    ) -> PolicyDraft:
        """Keep a changed draft in place of the one that was seen.

        Raises:
            DraftMoved: Somebody else has changed it since.
        """
        made = replace(
            changed,
            revision=seen.revision + 1,
            edited_by=by,
            edited_at_ms=self._clock.now_ms(),
        )
        await self._store.policies.keep_draft(tx, made, instead_of=seen)
        return made

    async def publish(self, tx: Transaction, seen: PolicyDraft, *, by: str) -> int:
        """Publish a draft just as it was seen; return the number of the version.

        Raises:
            DraftMoved: Somebody else has changed or published it since.
            DraftOutdated: The configuration has changed since.
        """
        notice, book, now_ms = await self.notice(), self._store.policies, self._clock.now_ms()
        if (notice.words_hash, notice.facts_hash) != (seen.words_hash, seen.facts_hash):
            raise DraftOutdated
        newest, _ = await book.numbers(tx)
        await book.drop_draft(tx, seen)
        new = NewVersion(
            words_hash=notice.words_hash,
            facts=notice.facts,
            texts=notice.texts,
            published_by=by,
            in_force_from_ms=seen.in_force_from_ms or now_ms,
            asks_again=seen.asks_again,
        )
        number = await book.publish(tx, new, after=newest, now_ms=now_ms)
        if number is None:
            raise DraftMoved
        return number
