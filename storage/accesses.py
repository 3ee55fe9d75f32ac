"""Who of the team has looked at a person's data, by role: the person sees every look."""

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.tables import accesses
from storage.records import PersonId


class Accesses:
    """Notes looks."""

    async def note(
        self, tx: AsyncConnection, person: PersonId, *, role: str, act: str, now_ms: int
    ) -> None:
        """Note that somebody in a role has looked at a person's data."""
        row = {
            "access_id": secrets.token_bytes(16),
            "person_id": person,
            "role": role,
            "act": act,
            "at_ms": now_ms,
        }
        await tx.execute(accesses.insert(), [row])
