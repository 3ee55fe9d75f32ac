"""Acts of admins that wait: for a code, for a second admin, or for the end of their delay.

The command stands sealed under the key of who asked. Its digest binds codes and approvals to that
very act: whatever has changed since is another act.
"""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.admin_tables import pending_acts
from storage.letters import random_letters
from storage.records import PersonId
from storage.vault.sealing import Cell, SealedBytes, open_sealed, seal

#: Waits for the code of who asked; for another admin; for its time.
State = Literal["asked", "proved", "delayed"]
_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class PendingAct:
    """One act that waits."""

    act_id: str
    #: Who asked for it.
    person_id: PersonId
    command: str
    digest: bytes
    state: State
    expires_at_ms: int
    due_at_ms: int | None = None
    _line: SealedBytes = field(default=SealedBytes(b""), repr=False)

    def line(self, key: bytes) -> str:
        """Return what was typed, opened with the key of who asked."""
        return open_sealed(key, self._line, _cell(self.act_id, self.person_id)).decode()


class PendingActs:
    """Keeps acts until they are done, taken back or over."""

    async def ask(  # noqa: PLR0913 - one row, each part named
        self,
        tx: AsyncConnection,
        person: PersonId,
        key: bytes,
        *,
        command: str,
        line: str,
        digest: bytes,
        expires_at_ms: int,
    ) -> str:
        """Keep an act that waits for a code, in place of any other that does; return its id."""
        await self.drop_asked(tx, person)
        act_id = f"P-{random_letters(_LETTERS)}"
        row = {
            "act_id": act_id,
            "person_id": person,
            "command": command,
            "line": seal(key, line.encode(), _cell(act_id, person)),
            "digest": digest,
            "state": "asked",
            "expires_at_ms": expires_at_ms,
        }
        await tx.execute(pending_acts.insert(), [row])
        return act_id

    async def drop_asked(self, tx: AsyncConnection, person: PersonId) -> None:
        """Take away what waits for a person's code."""
        mine = (pending_acts.c.person_id == person) & (pending_acts.c.state == "asked")
        await tx.execute(pending_acts.delete().where(mine))

    async def find(self, tx: AsyncConnection, act_id: str, *, now_ms: int) -> PendingAct | None:
        """Return an act that waits; on PostgreSQL nobody else takes it meanwhile."""
        mine = (pending_acts.c.act_id == act_id) & (pending_acts.c.expires_at_ms > now_ms)
        row = (await tx.execute(pending_acts.select().where(mine).with_for_update())).first()
        return _act(row) if row else None

    async def list_waiting(self, tx: AsyncConnection, *, now_ms: int) -> list[PendingAct]:
        """Return what waits for a second admin or for its time."""
        open_ones = (pending_acts.c.state != "asked") & (pending_acts.c.expires_at_ms > now_ms)
        query = pending_acts.select().where(open_ones).order_by(pending_acts.c.act_id)
        return [_act(row) for row in await tx.execute(query)]

    async def list_due(self, tx: AsyncConnection, *, now_ms: int, limit: int) -> list[PendingAct]:
        """Return, and lock, acts whose delay is over, but not for too long."""
        is_due = (pending_acts.c.state == "delayed") & (pending_acts.c.due_at_ms <= now_ms)
        due = is_due & (pending_acts.c.expires_at_ms > now_ms)
        query = pending_acts.select().where(due).order_by(pending_acts.c.due_at_ms).limit(limit)
        return [_act(row) for row in await tx.execute(query.with_for_update(skip_locked=True))]

    async def move_on(
        self,
        tx: AsyncConnection,
        act: PendingAct,
        state: State,
        *,
        expires_at_ms: int,
        due_at_ms: int | None = None,
    ) -> None:
        """Let an act wait for a second admin, or for its time."""
        mine = pending_acts.c.act_id == act.act_id
        await tx.execute(
            pending_acts.update()
            .where(mine)
            .values(state=state, due_at_ms=due_at_ms, expires_at_ms=expires_at_ms)
        )

    async def remove(self, tx: AsyncConnection, act: PendingAct) -> bool:
        """Take an act away, done or not; of two who do so at once, one is told True."""
        mine = pending_acts.c.act_id == act.act_id
        return (await tx.execute(pending_acts.delete().where(mine))).rowcount > 0


def _act(row: Any) -> PendingAct:
    return PendingAct(
        act_id=row.act_id,
        person_id=PersonId(row.person_id),
        command=row.command,
        digest=row.digest,
        state=row.state,
        expires_at_ms=row.expires_at_ms,
        due_at_ms=row.due_at_ms,
        _line=SealedBytes(row.line),
    )


def _cell(act_id: str, person: PersonId) -> Cell:
    return Cell("pending_acts", "line", act_id.encode(), person)
