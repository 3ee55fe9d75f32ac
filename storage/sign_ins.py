"""How admins prove themselves: tries of codes, sessions that a right one opens, and their log."""

import secrets
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import admin_sessions, admin_sign_ins, admin_tries
from storage.db.dialects import insert_or_update
from storage.db.engine import Database
from storage.records import PersonId

MAX_TRIES: Final = 5
TRIES_LAST_MS: Final = 15 * 60_000


class SignIns:
    """Counts tries, opens sessions and notes when."""

    def __init__(self, database: Database) -> None:
        self._open = insert_or_update(database, admin_sessions, ("opened_at_ms", "ends_at_ms"))

    async def take_try(self, tx: AsyncConnection, person: PersonId, *, now_ms: int) -> int | None:
        """Count one more try and return how many are left; None where none was."""
        mine = (admin_tries.c.person_id == person) & (admin_tries.c.expires_at_ms > now_ms)
        query = sa.select(sa.func.count()).select_from(admin_tries).where(mine)
        used = int((await tx.execute(query)).scalar_one())
        if used >= MAX_TRIES:
            return None
        row = {
            "try_id": secrets.token_bytes(16),
            "person_id": person,
            "expires_at_ms": now_ms + TRIES_LAST_MS,
        }
        await tx.execute(admin_tries.insert(), [row])
        return MAX_TRIES - used - 1

    async def forget_tries(self, tx: AsyncConnection, person: PersonId) -> None:
        """Count anew: the last code was right."""
        await tx.execute(admin_tries.delete().where(admin_tries.c.person_id == person))

    async def open_session(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int, ends_at_ms: int
    ) -> None:
        """Open a session, or make the open one last as long as this."""
        ends_at_ms = max(ends_at_ms, await self.session_end(tx, person, now_ms=now_ms) or 0)
        row = {"person_id": person, "opened_at_ms": now_ms, "ends_at_ms": ends_at_ms}
        await tx.execute(self._open, [row])

    async def lengthen(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int, lasts_ms: int
    ) -> int | None:
        """Let an open session last so long from its code on, and return its end."""
        mine = (admin_sessions.c.person_id == person) & (admin_sessions.c.ends_at_ms > now_ms)
        longer = sa.update(admin_sessions).where(mine)
        ends = admin_sessions.c.opened_at_ms + lasts_ms
        end: int | None = (
            await tx.execute(longer.values(ends_at_ms=ends).returning(admin_sessions.c.ends_at_ms))
        ).scalar()
        return end

    async def session_end(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int
    ) -> int | None:
        """Return when a person's session ends; None where none is open."""
        mine = (admin_sessions.c.person_id == person) & (admin_sessions.c.ends_at_ms > now_ms)
        end: int | None = (
            await tx.execute(sa.select(admin_sessions.c.ends_at_ms).where(mine))
        ).scalar()
        return end

    async def close_session(self, tx: AsyncConnection, person: PersonId) -> None:
        """Destroy a person's session."""
        await tx.execute(admin_sessions.delete().where(admin_sessions.c.person_id == person))

    async def note(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int, expires_at_ms: int
    ) -> None:
        """Note a sign-in, for its admin to see."""
        row = {
            "sign_in_id": secrets.token_bytes(16),
            "person_id": person,
            "at_ms": now_ms,
            "expires_at_ms": expires_at_ms,
        }
        await tx.execute(admin_sign_ins.insert(), [row])

    async def newest(
        self, tx: AsyncConnection, person: PersonId, *, now_ms: int, limit: int
    ) -> list[int]:
        """Return when a person signed in, the newest first."""
        mine = (admin_sign_ins.c.person_id == person) & (admin_sign_ins.c.expires_at_ms > now_ms)
        query = sa.select(admin_sign_ins.c.at_ms).where(mine)
        rows = await tx.execute(query.order_by(admin_sign_ins.c.at_ms.desc()).limit(limit))
        return list(rows.scalars())
