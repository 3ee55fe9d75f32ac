"""What should happen in a conversation although nobody writes; survives a restart."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_or_update
from storage.db.engine import Database
from storage.db.tables import timers
from storage.records import PersonId


class Timers:
    """At most one timer per person: that of the place they are in."""

    def __init__(self, database: Database) -> None:
        self._set = insert_or_update(database, timers, ("due_at_ms",))
        self._clear = timers.delete().where(
            timers.c.person_id.in_(sa.bindparam("people", expanding=True))
        )

    async def replace(
        self,
        tx: AsyncConnection,
        people: Sequence[PersonId],
        due_at_ms: Mapping[PersonId, int],
    ) -> None:
        """Clear these people's timers, but for the new ones in `due_at_ms`."""
        cleared = [person for person in people if person not in due_at_ms]
        if cleared:
            await tx.execute(self._clear, {"people": cleared})
        if due_at_ms:
            rows = [{"person_id": who, "due_at_ms": at} for who, at in sorted(due_at_ms.items())]
            await tx.execute(self._set, rows)

    async def is_due(self, tx: AsyncConnection, *, now_ms: int) -> bool:
        """Tell whether a timer is over."""
        query = sa.select(timers.c.person_id).where(timers.c.due_at_ms <= now_ms).limit(1)
        return (await tx.execute(query)).first() is not None

    async def take_due(
        self, tx: AsyncConnection, *, now_ms: int, limit: int
    ) -> dict[PersonId, int]:
        """Remove the timers that are over; return whose they were, and when each was due."""
        due = (
            sa.select(timers)
            .where(timers.c.due_at_ms <= now_ms)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = {row.person_id: row.due_at_ms for row in await tx.execute(due)}
        if taken:
            await tx.execute(self._clear, {"people": list(taken)})
        return taken
