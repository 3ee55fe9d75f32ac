"""Who of the team has looked at a person's data, by role: the person sees every look.

A look counts as told once the person was told of it in the chat or by e-mail.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import accesses, mails, outbox
from storage.records import PersonId


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's data."""

    access_id: bytes
    role: str
    act: str
    at_ms: int


class Accesses:
    """Notes looks, and which of them the person knows of."""

    async def note(
        self, tx: AsyncConnection, person: PersonId, *, role: str, act: str, now_ms: int
    ) -> Look:
        """Note that somebody in a role has looked at a person's data."""
        look = Look(secrets.token_bytes(16), role, act, now_ms)
        row = {
            "access_id": look.access_id,
            "person_id": person,
            "role": role,
            "act": act,
            "at_ms": now_ms,
        }
        await tx.execute(accesses.insert(), [row])
        return look

    async def has_since(
        self, tx: AsyncConnection, person: PersonId, *, role: str, act: str, since_ms: int
    ) -> bool:
        """Tell whether somebody in a role has begun such a look since then."""
        query = sa.select(accesses.c.access_id).where(
            accesses.c.person_id == person,
            accesses.c.role == role,
            accesses.c.act == act,
            accesses.c.at_ms > since_ms,
        )
        return (await tx.execute(query.limit(1))).first() is not None

    async def list_untold(
        self, tx: AsyncConnection, people: Iterable[PersonId]
    ) -> dict[PersonId, list[Look]]:
        """Return the looks that these people were not told of, the oldest first.

        What is on its way to them in the chat is left out: nobody hears the same twice there.
        """
        on_its_way = sa.exists().where(outbox.c.access_id == accesses.c.access_id)
        query = accesses.select().where(
            accesses.c.person_id.in_(list(people)), accesses.c.told_at_ms.is_(None), ~on_its_way
        )
        found: dict[PersonId, list[Look]] = defaultdict(list)
        for row in await tx.execute(query.order_by(accesses.c.at_ms)):
            look = Look(row.access_id, row.role, row.act, row.at_ms)
            found[PersonId(row.person_id)].append(look)
        return found

    async def mark_told(self, tx: AsyncConnection, looks: Sequence[bytes], *, now_ms: int) -> None:
        """Note that the person was told of these looks; the first time counts."""
        if looks:
            untold = accesses.c.access_id.in_(looks) & accesses.c.told_at_ms.is_(None)
            await tx.execute(accesses.update().where(untold).values(told_at_ms=now_ms))

    async def cancel_notices(self, tx: AsyncConnection, people: Sequence[PersonId]) -> None:
        """Take back what was to tell these people of looks, or of a new version of the notice.

        What has begun to leave is not touched.
        """
        if not people:
            return
        waiting = outbox.c.person_id.in_(people) & (outbox.c.state == "pending")
        await tx.execute(outbox.delete().where(waiting, outbox.c.access_id.is_not(None)))
        theirs = mails.c.person_id.in_(people)
        await tx.execute(mails.delete().where(theirs, mails.c.access_id.is_not(None)))
