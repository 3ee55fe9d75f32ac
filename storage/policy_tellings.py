"""Who knows of which version of the notice: told once, by one way, and on record.

A telling that is on its way has no time yet; one that did not arrive is made up for when its person
next writes. Whoever came under a version was told of it by the first words of the chat.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.policy_tables import policies, policy_tellings
from storage.db.tables import details, outbox, people
from storage.records import PersonId

Way = Literal["window", "next_contact", "email"]


@dataclass(frozen=True, slots=True)
class Telling:
    """One version on its way to one person."""

    telling_id: bytes
    person_id: PersonId
    number: int
    way: Way


def new_telling(person: PersonId, number: int, way: Way) -> Telling:
    """Return a telling with a random id of its own."""
    return Telling(secrets.token_bytes(16), person, number, way)


def _known() -> Any:
    """Select the newest version a person knows of: told of it, or came while it was in force."""
    told = (
        sa.select(sa.func.max(policy_tellings.c.number))
        .where(policy_tellings.c.person_id == people.c.person_id)
        .where(policy_tellings.c.told_at_ms.is_not(None))
        .scalar_subquery()
    )
    met = (
        sa.select(sa.func.max(policies.c.number))
        .where(policies.c.begun_at_ms <= people.c.created_at_ms)
        .scalar_subquery()
    )
    # Whoever was here before the first version is spoken to as if they knew it.
    first, then = sa.func.coalesce(told, 1), sa.func.coalesce(met, 1)
    return sa.case((first > then, first), else_=then)


class PolicyTellings:
    """Finds who is to be told, and notes who was."""

    def __init__(self, database: Database) -> None:
        self._add = insert_new(database, policy_tellings)
        mine = policy_tellings.c.person_id == sa.bindparam("who")
        self._replace = policy_tellings.delete().where(
            mine, policy_tellings.c.number == sa.bindparam("which")
        )
        known = _known().label("known")
        on_its_way = (
            sa.exists()
            .where(outbox.c.access_id == policy_tellings.c.telling_id)
            .where(policy_tellings.c.person_id == people.c.person_id)
            .where(policy_tellings.c.number == sa.bindparam("newest"))
        )
        self._untold = sa.select(people.c.person_id, known).where(
            people.c.person_id.in_(sa.bindparam("people", expanding=True)),
            known < sa.bindparam("newest"),
            ~on_its_way,
        )

    async def list_untold(
        self, tx: AsyncConnection, who: Iterable[PersonId], *, newest: int
    ) -> dict[PersonId, int]:
        """Return which version those know of who know none newer, and are not just being told."""
        rows = await tx.execute(self._untold, {"people": list(who), "newest": newest})
        return {PersonId(row.person_id): row.known for row in rows}

    async def scan(
        self, tx: AsyncConnection, *, newest: int, now_ms: int, after: bytes, rows: int
    ) -> tuple[list[tuple[PersonId, int]], bytes | None]:
        """Look through so many people for some who can be told at once.

        Returns:
            Who may be reached in the chat or by e-mail and was not tried yet, each with the version
            they know of; and where to go on, None behind the last.
        """
        ids = sa.select(people.c.person_id).where(people.c.person_id > after)
        chunk = (await tx.execute(ids.order_by(people.c.person_id).limit(rows))).scalars().all()
        if not chunk:
            return [], None
        has_mail = (
            sa.exists()
            .where(details.c.person_id == people.c.person_id, details.c.field == "email")
            .where(details.c.verified_at_ms.is_not(None))
        )
        is_tried = (
            sa.exists()
            .where(policy_tellings.c.person_id == people.c.person_id)
            .where(policy_tellings.c.number == newest)
        )
        known = _known().label("known")
        query = sa.select(people.c.person_id, known).where(
            people.c.person_id > after,
            people.c.person_id <= chunk[-1],
            people.c.restricted_since_ms.is_(None),
            (people.c.window_ends_at_ms > now_ms) | has_mail,
            known < newest,
            ~is_tried,
        )
        found = [(PersonId(row.person_id), row.known) for row in await tx.execute(query)]
        return found, chunk[-1]

    async def begin(self, tx: AsyncConnection, telling: Telling) -> bool:
        """Note that a telling is on its way; False where it is already, from another node."""
        return bool((await tx.execute(self._add, [_row(telling, None)])).rowcount)

    async def note_told(
        self, tx: AsyncConnection, tellings: Sequence[Telling], *, now_ms: int
    ) -> None:
        """Note that people were told in the turn that is being taken, in place of a failed try."""
        if tellings:
            tried = [{"who": one.person_id, "which": one.number} for one in tellings]
            await tx.execute(self._replace, tried)
            await tx.execute(self._add, [_row(one, now_ms) for one in tellings])

    async def mark_told(self, tx: AsyncConnection, ids: Sequence[bytes], *, now_ms: int) -> None:
        """Note that these tellings have arrived; the first time counts."""
        if ids:
            untold = policy_tellings.c.telling_id.in_(ids) & policy_tellings.c.told_at_ms.is_(None)
            await tx.execute(policy_tellings.update().where(untold).values(told_at_ms=now_ms))

    async def note_kept(self, tx: AsyncConnection, who: Iterable[PersonId], *, now_ms: int) -> None:
        """Note that people want all to stay as it is, under the newest version they heard of."""
        for person in who:
            newest = (
                sa.select(sa.func.max(policy_tellings.c.number))
                .where(policy_tellings.c.person_id == person)
                .scalar_subquery()
            )
            mine = (policy_tellings.c.person_id == person) & (policy_tellings.c.number == newest)
            said = {"answer": "keep", "answered_at_ms": now_ms}
            await tx.execute(policy_tellings.update().where(mine).values(said))

    async def count(self, tx: AsyncConnection, number: int) -> Counter[str]:
        """Return how many were told of a version, by way; those on their way as "waiting"."""
        is_told = policy_tellings.c.told_at_ms.is_not(None)
        way = sa.case((is_told, policy_tellings.c.lane), else_="waiting")
        query = sa.select(way, sa.func.count()).where(policy_tellings.c.number == number)
        rows = await tx.execute(query.group_by(way))
        return Counter({row[0]: row[1] for row in rows})

    async def count_untold(self, tx: AsyncConnection, *, newest: int) -> int:
        """Return how many people know of no version as new as this one."""
        query = sa.select(sa.func.count()).select_from(people).where(_known() < newest)
        return int((await tx.execute(query)).scalar_one())


def _row(telling: Telling, told_at_ms: int | None) -> dict[str, Any]:
    return {
        "person_id": telling.person_id,
        "number": telling.number,
        "telling_id": telling.telling_id,
        "lane": telling.way,
        "told_at_ms": told_at_ms,
    }
