"""Versions of the notice: the newest published one that has begun is in force.

A version is never changed. What it says of purposes is kept where a send is claimed, so that nobody
is sent what no notice in force names, and a yes that a version asks for anew counts no more from
the moment in which that version begins.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new, insert_or_update
from storage.db.engine import Database
from storage.db.policy_tables import (
    policies,
    policy_drafts,
    policy_languages,
    policy_purposes,
    policy_texts,
)
from storage.errors import DraftMoved

_THE_DRAFT: Final = 1
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version that is to be published."""

    words_hash: bytes
    #: What it names, for programs: purposes, recipients, periods.
    facts: Facts
    #: Its whole text by language.
    texts: Mapping[str, str] = field(repr=False)
    #: The number of an admin, or who else published it; never a person.
    published_by: str
    in_force_from_ms: int
    #: The purposes to which an older yes counts no more once it is in force.
    asks_again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that was published."""

    number: int
    words_hash: bytes
    facts: Facts
    published_by: str
    published_at_ms: int
    in_force_from_ms: int
    asks_again: tuple[str, ...]
    #: When it began to be in force; None while that lies ahead.
    begun_at_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDraft:
    """What owners prepare: bound to one state of the configuration, edited one after the other."""

    #: Counts the edits.
    revision: int
    words_hash: bytes
    facts_hash: bytes
    #: None means at once.
    in_force_from_ms: int | None
    asks_again: tuple[str, ...]
    edited_by: str
    edited_at_ms: int

    def digest(self) -> bytes:
        """Return what binds a code or an approval to exactly this draft."""
        parts = (
            self.revision,
            self.words_hash.hex(),
            self.facts_hash.hex(),
            self.in_force_from_ms,
            sorted(self.asks_again),
        )
        return hashlib.sha256(json.dumps(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class AskedAnew:
    """Why and since when an older yes to a purpose counts no more."""

    version: int
    at_ms: int


class Policies:
    """Keeps versions of the notice, and the one draft of the next."""

    def __init__(self, database: Database) -> None:
        self._add = insert_new(database, policies)
        self._add_text = insert_new(database, policy_texts)
        self._name = insert_or_update(database, policy_purposes, ("is_named",))
        self._void = insert_or_update(
            database, policy_purposes, ("asked_anew_at_ms", "asked_anew_by")
        )
        self._start_draft = insert_new(database, policy_drafts)

    async def numbers(self, tx: AsyncConnection) -> tuple[int, int]:
        """Return the newest version's number, and that of the one in force; 0 for none."""
        begun = sa.case((policies.c.begun_at_ms.is_not(None), policies.c.number))
        query = sa.select(sa.func.max(policies.c.number), sa.func.max(begun))
        row = (await tx.execute(query)).one()
        return row[0] or 0, row[1] or 0

    async def list_all(self, tx: AsyncConnection) -> list[Version]:
        """Return every version, the oldest first."""
        query = policies.select().order_by(policies.c.number)
        return [_version(row) for row in await tx.execute(query)]

    async def texts_of(self, tx: AsyncConnection, number: int) -> dict[str, str]:
        """Return the texts of a version by language."""
        query = (
            sa.select(policy_languages.c.language, policy_texts.c.text)
            .join(policy_texts, policy_texts.c.text_hash == policy_languages.c.text_hash)
            .where(policy_languages.c.number == number)
        )
        return {row.language: row.text for row in await tx.execute(query)}

    async def publish(
        self, tx: AsyncConnection, new: NewVersion, *, after: int, now_ms: int
    ) -> int | None:
        """Publish a version right after another; return its number.

        Args:
            tx: The transaction.
            new: What is published.
            after: The newest version when this one was prepared; 0 for none.
            now_ms: The present time; it is in force from now on at the earliest.

        Returns:
            Its number; None where somebody else has published meanwhile, and nothing was changed.
        """
        number = after + 1
        row = {
            "number": number,
            "words_hash": new.words_hash,
            "facts": json.dumps(new.facts, sort_keys=True, ensure_ascii=False),
            "asks_again": json.dumps(sorted(new.asks_again)),
            "published_by": new.published_by,
            "published_at_ms": now_ms,
            "in_force_from_ms": max(now_ms, new.in_force_from_ms),
        }
        if not (await tx.execute(self._add, [row])).rowcount:
            return None
        texts = {language: _hash(text) for language, text in new.texts.items()}
        by_hash = {texts[language]: text for language, text in new.texts.items()}
        rows = [{"text_hash": one, "text": by_hash[one]} for one in sorted(by_hash)]
        await tx.execute(self._add_text, rows)
        languages = [
            {"number": number, "language": language, "text_hash": text_hash}
            for language, text_hash in sorted(texts.items())
        ]
        await tx.execute(policy_languages.insert(), languages)
        await tx.execute(policy_drafts.delete())
        await self.begin_due(tx, now_ms=now_ms)
        return number

    async def begin_due(self, tx: AsyncConnection, *, now_ms: int) -> list[int]:
        """Let begin, in their order, the versions whose time has come; return their numbers."""
        waiting = policies.c.begun_at_ms.is_(None) & (policies.c.in_force_from_ms <= now_ms)
        query = policies.select().where(waiting).order_by(policies.c.number).with_for_update()
        due = [_version(row) for row in await tx.execute(query)]
        for version in due:
            mine = policies.c.number == version.number
            await tx.execute(policies.update().where(mine).values(begun_at_ms=now_ms))
            await self._rule(tx, version, now_ms)
        return [version.number for version in due]

    async def _rule(self, tx: AsyncConnection, version: Version, now_ms: int) -> None:
        """Note which purposes are named from now on, and which are to be asked about anew."""
        await tx.execute(policy_purposes.update().values(is_named=False))
        named = sorted(purpose["id"] for purpose in version.facts["purposes"])
        if named:
            rows = [{"purpose_id": one, "is_named": True} for one in named]
            await tx.execute(self._name, rows)
        anew = [
            {
                "purpose_id": one,
                "is_named": one in named,
                "asked_anew_at_ms": now_ms,
                "asked_anew_by": version.number,
            }
            for one in sorted(version.asks_again)
        ]
        if anew:
            await tx.execute(self._void, anew)

    async def asked_anew(self, tx: AsyncConnection) -> dict[str, AskedAnew]:
        """Return the purposes that people were asked about anew, each by its last such version."""
        query = policy_purposes.select().where(policy_purposes.c.asked_anew_at_ms.is_not(None))
        rows = await tx.execute(query)
        return {row.purpose_id: AskedAnew(row.asked_anew_by, row.asked_anew_at_ms) for row in rows}

    async def draft(self, tx: AsyncConnection) -> PolicyDraft | None:
        """Return the draft, if there is one."""
        row = (await tx.execute(policy_drafts.select())).first()
        if row is None:
            return None
        return PolicyDraft(
            revision=row.revision,
            words_hash=row.words_hash,
            facts_hash=row.facts_hash,
            in_force_from_ms=row.in_force_from_ms,
            asks_again=tuple(json.loads(row.asks_again)),
            edited_by=row.edited_by,
            edited_at_ms=row.edited_at_ms,
        )

    async def keep_draft(
        self, tx: AsyncConnection, draft: PolicyDraft, *, instead_of: PolicyDraft | None
    ) -> None:
        """Keep a draft in place of the one that was seen, or of none.

        Raises:
            DraftMoved: Somebody else has begun, edited, published or dropped it since.
        """
        row = {
            "revision": draft.revision,
            "words_hash": draft.words_hash,
            "facts_hash": draft.facts_hash,
            "in_force_from_ms": draft.in_force_from_ms,
            "asks_again": json.dumps(sorted(draft.asks_again)),
            "edited_by": draft.edited_by,
            "edited_at_ms": draft.edited_at_ms,
        }
        if instead_of is None:
            done = await tx.execute(self._start_draft, [{"number": _THE_DRAFT, **row}])
        else:
            done = await tx.execute(policy_drafts.update().where(_is(instead_of)).values(row))
        if not done.rowcount:
            raise DraftMoved

    async def drop_draft(self, tx: AsyncConnection, seen: PolicyDraft) -> None:
        """Drop the draft as it was seen.

        Raises:
            DraftMoved: Somebody else has edited, published or dropped it since.
        """
        if not (await tx.execute(policy_drafts.delete().where(_is(seen)))).rowcount:
            raise DraftMoved


def _is(seen: PolicyDraft) -> sa.ColumnElement[bool]:
    """Match the draft as it was seen: a later one may count its edits from one again."""
    return (
        (policy_drafts.c.revision == seen.revision)
        & (policy_drafts.c.edited_at_ms == seen.edited_at_ms)
        & (policy_drafts.c.edited_by == seen.edited_by)
    )


def _version(row: Any) -> Version:
    return Version(
        number=row.number,
        words_hash=row.words_hash,
        facts=json.loads(row.facts),
        published_by=row.published_by,
        published_at_ms=row.published_at_ms,
        in_force_from_ms=row.in_force_from_ms,
        asks_again=tuple(json.loads(row.asks_again)),
        begun_at_ms=row.begun_at_ms,
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
