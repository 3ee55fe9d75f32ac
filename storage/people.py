"""The people we know: one human on one Page each, found by blind index."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.erasure_tables import erasing
from storage.db.node_tables import nodes
from storage.db.tables import erasures, inbox, people
from storage.due import is_due
from storage.errors import KeyLost, Undecryptable
from storage.keyring import Keyring
from storage.records import KnownPerson, NewPerson, PersonId
from storage.vault.sealing import Cell, SealedBytes, open_sealed, seal


def psid_cell(person: PersonId) -> Cell:
    """Return where a person's Messenger id stands."""
    return Cell("people", "psid", person, person)


def _state_cell(person: PersonId) -> Cell:
    return Cell("people", "state", person, person)


class People:
    """Finds, adds and changes people."""

    def __init__(self, database: Database, keyring: Keyring, *, state_version: int = 0) -> None:
        self._keyring = keyring
        self._state_version = state_version
        self._add = insert_new(database, people)
        # On PostgreSQL nobody found can begin to be erased before the finder's transaction ends.
        self._find = (
            sa.select(people.c.lookup, people.c.person_id)
            .where(people.c.lookup.in_(sa.bindparam("lookups", expanding=True)))
            .with_for_update(read=True, key_share=True)
        )
        other = inbox.alias("other")
        is_set_aside = sa.exists().where(
            other.c.person_id == people.c.person_id,
            other.c.parked_reason.is_(None),
            other.c.due_at_ms > sa.bindparam("now_ms"),
        )
        # One row per event: the order of the inbox decides whose turn it is. On PostgreSQL the
        # lock is what keeps two nodes off one person; SQLite has one writer anyway.
        self._with_events = (
            sa.select(people)
            .join(inbox, inbox.c.person_id == people.c.person_id)
            .where(inbox.c.parked_reason.is_(None), ~is_set_aside, ~_is_being_erased())
            .where(_is_for(state_version))
            .order_by(inbox.c.inbox_id)
            .limit(sa.bindparam("limit"))
            .with_for_update(of=people, skip_locked=True, key_share=True)
        )
        self._change = (
            people.update()
            .where(people.c.person_id == sa.bindparam("id"))
            .values({name: sa.bindparam(name) for name in _CHANGED})
        )

    async def find(self, tx: AsyncConnection, lookups: Sequence[bytes]) -> dict[bytes, PersonId]:
        """Return who is known under these blind indexes."""
        if not lookups:
            return {}
        rows = await tx.execute(self._find, {"lookups": lookups})
        return {row.lookup: PersonId(row.person_id) for row in rows}

    async def add(self, tx: AsyncConnection, new: Sequence[NewPerson]) -> None:
        """Add people; one that another node added meanwhile stays as it is."""
        if new:
            # Every node takes the rows in one order, so that two can't wait for each other.
            rows = [_new_row(person) for person in sorted(new, key=lambda person: person.lookup)]
            await tx.execute(self._add, rows)

    async def claim_with_events(
        self, tx: AsyncConnection, *, now_ms: int, limit: int
    ) -> list[KnownPerson]:
        """Take the people whose events are due; nobody else gets them until this ends.

        One who can't be served, with `trouble` set, does not hold up the others.
        """
        rows = await tx.execute(self._with_events, {"now_ms": now_ms, "limit": limit})
        unique = {PersonId(row.person_id): row for row in rows}
        keys = await self._keyring.find(unique)
        return [_known(row, keys.get(person)) for person, row in unique.items()]

    async def get(self, tx: AsyncConnection, person: PersonId) -> KnownPerson | None:
        """Take one person, for a job or a page; None where they are gone, or going.

        On PostgreSQL nobody else changes them until this transaction ends.
        """
        mine = people.select().where(people.c.person_id == person, ~_is_being_erased())
        row = (await tx.execute(mine.with_for_update(of=people, key_share=True))).first()
        if row is None:
            return None
        keys = await self._keyring.find([person])
        return _known(row, keys.get(person))

    async def get_all(
        self, tx: AsyncConnection, ids: Sequence[PersonId]
    ) -> dict[PersonId, KnownPerson]:
        """Take some people, for a job; who is gone, or going, is left out."""
        if not ids:
            return {}
        theirs = people.select().where(people.c.person_id.in_(ids), ~_is_being_erased())
        rows = (await tx.execute(theirs.with_for_update(of=people, key_share=True))).all()
        keys = await self._keyring.find([PersonId(row.person_id) for row in rows])
        known = [_known(row, keys.get(PersonId(row.person_id))) for row in rows]
        return {one.person_id: one for one in known}

    async def change(self, tx: AsyncConnection, changed: Sequence[KnownPerson]) -> None:
        """Write back people after their turn."""
        if changed:
            version = {"state_version": self._state_version}
            await tx.execute(self._change, [_change_row(person) | version for person in changed])

    async def mute(self, tx: AsyncConnection, lookup: bytes, until_ms: int) -> None:
        """Keep the bot quiet in a person's thread: a human answers there."""
        await tx.execute(
            people.update()
            .where(people.c.lookup == lookup)
            .values(
                muted_until_ms=sa.case(
                    (people.c.muted_until_ms > until_ms, people.c.muted_until_ms), else_=until_ms
                )
            )
        )

    async def mute_all(self, tx: AsyncConnection, ids: Sequence[PersonId], until_ms: int) -> None:
        """Keep the bot quiet in the threads of these people: a human takes over."""
        if ids:
            those = people.c.person_id.in_(ids) & (people.c.muted_until_ms < until_ms)
            await tx.execute(people.update().where(those).values(muted_until_ms=until_ms))

    async def unmute(self, tx: AsyncConnection, person: PersonId, until_ms: int) -> None:
        """Let the bot speak again where it was to be quiet until then, and no longer since."""
        mine = (people.c.person_id == person) & (people.c.muted_until_ms <= until_ms)
        await tx.execute(people.update().where(mine).values(muted_until_ms=0))

    async def mark_unreachable(
        self, tx: AsyncConnection, ids: Sequence[PersonId], *, at_ms: int
    ) -> None:
        """Note that Messenger does not deliver to these people until they write again."""
        if not ids:
            return
        await tx.execute(
            people.update().where(people.c.person_id.in_(ids)).values(unreachable_since_ms=at_ms)
        )

    async def list_due_for_erasure(
        self, tx: AsyncConnection, *, now_ms: int, limit: int
    ) -> list[PersonId]:
        """Return, and lock, people whose time is over and for whom nothing waits."""
        locked = await tx.execute(
            sa.select(people.c.person_id)
            .where(is_due(now_ms), ~_is_being_erased())
            .order_by(people.c.erase_due_at_ms)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        due = list(locked.scalars())
        # An event may have been committed between the look and the lock; from now on none can be.
        waiting = sa.select(inbox.c.person_id).where(
            inbox.c.person_id.in_(due), inbox.c.parked_reason.is_(None)
        )
        written = set((await tx.execute(waiting)).scalars())
        return [PersonId(person) for person in due if person not in written]

    async def list_existing(self, tx: AsyncConnection, ids: Iterable[PersonId]) -> set[PersonId]:
        """Return those of `ids` that are still people."""
        query = sa.select(people.c.person_id).where(people.c.person_id.in_(list(ids)))
        return set((await tx.execute(query)).scalars())


_CHANGED = (
    "state",
    "state_version",
    "language",
    "window_ends_at_ms",
    "muted_until_ms",
    "erase_due_at_ms",
    "unreachable_since_ms",
    "restricted_since_ms",
)


def _is_being_erased() -> sa.ColumnElement[bool]:
    is_ordered = sa.exists().where(erasures.c.person_id == people.c.person_id)
    return sa.or_(is_ordered, sa.exists().where(erasing.c.person_id == people.c.person_id))


def _is_for(state_version: int) -> sa.ColumnElement[bool]:
    """Match people whose place this version knows; all, where no newer node serves any more.

    Where an upgrade was taken back, their place is not known, and their conversation begins anew.
    """
    newer_serves = sa.exists().where(nodes.c.state_version > state_version)
    return (people.c.state_version <= state_version) | ~newer_serves


def _new_row(person: NewPerson) -> dict[str, Any]:
    return {
        "person_id": person.person_id,
        "page_id": person.page_id,
        "lookup": person.lookup,
        "psid": seal(person.key, person.psid.encode(), psid_cell(person.person_id)),
        "window_ends_at_ms": person.window_ends_at_ms,
        "erase_due_at_ms": person.erase_due_at_ms,
        "created_at_ms": person.created_at_ms,
    }


def _known(row: Any, key: bytes | None) -> KnownPerson:
    state, trouble = None, None
    if key is None:
        trouble = KeyLost.__name__
    elif row.state:
        try:
            state = open_sealed(key, SealedBytes(row.state), _state_cell(row.person_id))
        except Undecryptable as moved:
            trouble = type(moved).__name__
    return KnownPerson(
        person_id=PersonId(row.person_id),
        page_id=row.page_id,
        key=key or b"",
        state=state,
        language=row.language,
        window_ends_at_ms=row.window_ends_at_ms,
        muted_until_ms=row.muted_until_ms,
        unreachable_since_ms=row.unreachable_since_ms,
        restricted_since_ms=row.restricted_since_ms,
        erase_due_at_ms=row.erase_due_at_ms,
        trouble=trouble,
    )


def _change_row(person: KnownPerson) -> dict[str, Any]:
    cell = _state_cell(person.person_id)
    return {
        "id": person.person_id,
        "state": None if person.state is None else seal(person.key, person.state, cell),
        "language": person.language,
        "window_ends_at_ms": person.window_ends_at_ms,
        "muted_until_ms": person.muted_until_ms,
        "erase_due_at_ms": person.erase_due_at_ms,
        "unreachable_since_ms": person.unreachable_since_ms,
        "restricted_since_ms": person.restricted_since_ms,
    }
