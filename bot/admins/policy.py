"""/policy: what the notice says now, what it would say, and how an owner publishes that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bot.admins.command import Ask, Command, Look, refused
from bot.admins.gate import RULES, Act
from bot.clock import clock_time
from bot.policy.publishing import Proposal, Publisher
from flows.kit.found import Found
from storage import Store, Transaction
from storage.policies import PolicyDraft

_SHOWN: Final = 12
_LINE_CHARS: Final = 120
_DAYS: Final = {"7d": 7, "30d": 30}
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Policy(Look):
    """Tells which version is in force, and whether the configuration says more."""

    store: Store
    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Look at the versions and the draft."""
        book, proposal = self.store.policies, await self.publisher.look(tx)
        newest, in_force = await book.numbers(tx)
        told = await self.store.policy_tellings.count(tx, newest)
        untold = (
            await self.store.policy_tellings.count_untold(tx, newest=newest) if newest > 1 else 0
        )
        facts = {
            "in_force": str(in_force),
            "newest": str(newest),
            "from": clock_time(proposal.newest.in_force_from_ms),
            "is_stale": "yes" if proposal.is_stale else "",
            "has_draft": "yes" if proposal.draft else "",
            "told": ", ".join(f"{n} {way}" for way, n in sorted(told.items())) or "nobody",
            "untold": str(untold),
            "role": ask.admin.role,
        }
        return Found("/policy", facts=facts)


@dataclass(frozen=True, slots=True)
class Diff(Look):
    """Shows what the configuration would change."""

    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """List what was added, removed and changed; first what is named, then the words."""
        del ask
        proposal = await self.publisher.look(tx)
        rows = tuple({"line": _cut(line)} for line in _lines(proposal))
        more = len(rows) - _SHOWN
        facts = {"more": str(more) if more > 0 else ""}
        return Found("/policy diff", rows=rows[:_SHOWN], facts=facts)


@dataclass(frozen=True, slots=True)
class Draft:
    """Begins the draft, or shows how it stands."""

    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Show it, or say that one would be begun."""
        del ask
        proposal = await self.publisher.look(tx)
        if proposal.draft is not None:
            return shown(proposal, proposal.draft)
        return Act("draft") if proposal.is_stale else refused("nothing_to_publish")

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Begin it."""
        del act
        draft = await self.publisher.begin(tx, by=ask.admin.name)
        return shown(await self.publisher.look(tx), draft)


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes one thing about the draft, if it stands as whoever does so has seen it.

    Args:
        publisher: Keeps it.
        change: Returns the changed draft, or why that can't be.
    """

    publisher: Publisher
    change: Callable[[Publisher, PolicyDraft, Ask, tuple[str, ...]], PolicyDraft | Found]

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Refuse what was typed without having seen how the draft stands."""
        proposal = await self.publisher.look(tx)
        draft = proposal.draft
        if draft is None:
            return refused("no_draft")
        *words, seen = ask.args if ask.args and ask.args[-1].startswith("#") else (*ask.args, "")
        if (seen and seen != f"#{draft.revision}") or (
            not seen and draft.edited_by != ask.admin.name
        ):
            return shown(proposal, draft, moved="yes")
        changed = self.change(self.publisher, draft, ask, tuple(words))
        return changed if isinstance(changed, Found) else Act("draft", content=changed.digest())

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Keep the change."""
        del act
        proposal = await self.publisher.look(tx)
        if proposal.draft is None:
            return refused("no_draft")
        changed = self.change(self.publisher, proposal.draft, ask, _words(ask))
        if isinstance(changed, Found):
            return changed
        made = await self.publisher.edit(tx, proposal.draft, changed, by=ask.admin.name)
        return replace(shown(proposal, made), what=f"/{ask.command}")


@dataclass(frozen=True, slots=True)
class Drop:
    """Drops the draft."""

    store: Store
    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say what would be dropped."""
        proposal = await self.publisher.look(tx)
        draft = proposal.draft
        if draft is None:
            return refused("no_draft")
        if not _has_seen(ask, draft):
            return shown(proposal, draft, moved="yes")
        return Act("draft", content=draft.digest())

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Drop it."""
        del ask, act
        draft = await self.store.policies.draft(tx)
        if draft is None:
            return refused("no_draft")
        await self.store.policies.drop_draft(tx, draft)
        return Found("/policy drop")


@dataclass(frozen=True, slots=True)
class Publish:
    """Publishes the draft, with a code that holds for just this draft."""

    publisher: Publisher

    async def prepare(self, tx: Transaction, ask: Ask) -> Act | Found:
        """Say all that would be published."""
        del ask
        proposal = await self.publisher.look(tx)
        draft = proposal.draft
        if draft is None:
            return refused("no_draft")
        if proposal.is_outdated:
            return refused("draft_outdated")
        number = proposal.newest.number + 1
        lines = [_cut(line) for line in _lines(proposal)][:_SHOWN]
        summary = "\n".join(
            [
                f"Version {number} of the notice is to be published.",
                *lines,
                f"In force: {_start(draft)}.",
                f"Asked again: {_asked(draft)}.",
            ]
        )
        return Act(f"version {number}", content=draft.digest(), summary=summary)

    async def perform(self, tx: Transaction, ask: Ask, act: Act) -> Found:
        """Publish it; people are told from now on."""
        del act
        draft = (await self.publisher.look(tx)).draft
        if draft is None:
            return refused("no_draft")
        number = await self.publisher.publish(tx, draft, by=ask.admin.name)
        return Found("/policy publish", facts={"number": str(number), "from": _start(draft)})


def policy_commands(store: Store, publisher: Publisher) -> dict[str, Command]:
    """Return what carries out each command about the notice."""
    return {
        "policy": Policy(store, publisher),
        "policy diff": Diff(publisher),
        "policy draft": Draft(publisher),
        "policy from": Edit(publisher, from_when),
        "policy ask": Edit(publisher, ask_again),
        "policy drop": Drop(store, publisher),
        "policy publish": Publish(publisher),
    }


def from_when(
    publisher: Publisher, draft: PolicyDraft, ask: Ask, words: tuple[str, ...]
) -> PolicyDraft | Found:
    """Return the draft with another start: now, in some days, or on a day."""
    word = words[0].casefold() if len(words) == 1 else ""
    if word == "now":
        return publisher.starting(draft, None)
    if word in _DAYS:
        return publisher.starting(draft, ask.now_ms + _DAYS[word] * _DAY_MS)
    try:
        at_ms = round(datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        at_ms = 0
    if at_ms <= ask.now_ms:
        return refused("usage", usage=RULES[ask.command].usage + ", now, 7d or a day to come")
    return publisher.starting(draft, at_ms)


def ask_again(
    publisher: Publisher, draft: PolicyDraft, ask: Ask, words: tuple[str, ...]
) -> PolicyDraft | Found:
    """Return the draft that asks again about just these purposes."""
    chosen = () if tuple(word.casefold() for word in words) == ("none",) else words
    if not words or not publisher.purposes.issuperset(chosen):
        known = ", ".join(sorted(publisher.purposes)) or "there are none"
        return refused("usage", usage=f"{RULES[ask.command].usage}, or none. Purposes: {known}")
    return publisher.asking(draft, chosen)


def shown(proposal: Proposal, draft: PolicyDraft, *, moved: str = "") -> Found:
    """Return how the draft stands."""
    facts = {
        "revision": str(draft.revision),
        "by": draft.edited_by,
        "start": _start(draft),
        "asked": _asked(draft),
        "moved": moved,
        "outdated": "yes" if proposal.is_outdated else "",
    }
    rows = tuple({"line": _cut(line)} for line in _lines(proposal)[:_SHOWN])
    return Found("/policy draft", facts=facts, rows=rows)


def _has_seen(ask: Ask, draft: PolicyDraft) -> bool:
    """Tell whether an admin knows how the draft stands: they left it so, or name its number."""
    seen = [word for word in ask.args if word.startswith("#")]
    return seen == [f"#{draft.revision}"] if seen else draft.edited_by == ask.admin.name


def _words(ask: Ask) -> tuple[str, ...]:
    return tuple(word for word in ask.args if not word.startswith("#"))


def _lines(proposal: Proposal) -> list[str]:
    named = [line for one in proposal.differences for line in one.lines]
    return [*named, *proposal.words]


def _cut(line: str) -> str:
    return line if len(line) <= _LINE_CHARS else f"{line[: _LINE_CHARS - 1]}\u2026"


def _start(draft: PolicyDraft) -> str:
    at_ms = draft.in_force_from_ms
    return "at once" if at_ms is None else f"from {clock_time(at_ms)}"


def _asked(draft: PolicyDraft) -> str:
    return ", ".join(draft.asks_again) or "nobody"
