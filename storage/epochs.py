"""Key epochs: which secret wraps new keys, how all others get there, and when the old ones go.

    secret made ─▶ every node has read it ─▶ active ─▶ every key re-wrapped: the old one is retired
                                                       ─▶ after the backups' time: destroyed

How far it got stands in the rows themselves: whatever is wrapped under an older epoch than the
active one is left to do. Who wraps a new key asks for the active epoch in the same transaction, so
nobody needs to be told. A backup of the keys opens only as long as the secret of its epoch exists.
"""

import asyncio
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.dialects import insert_new
from storage.db.engine import Database
from storage.db.erasure_tables import epochs
from storage.db.tables import day_keys, person_keys
from storage.errors import EpochInUse, Undecryptable
from storage.vault.held import HeldSecrets
from storage.vault.sealing import Cell, SealedBytes, open_sealed, seal

_DAY_MS = 86_400_000
#: So many at once that the loop, and whoever else writes keys, waits for some milliseconds only.
_AT_ONCE = 100


def person_cell(person: bytes) -> Cell:
    """Return where a person's wrapped key stands."""
    return Cell("person_keys", "wrapped", person, person)


def day_cell(day: int, use: str) -> Cell:
    """Return where a day's wrapped key stands."""
    return Cell("day_keys", "wrapped", f"{day}/{use}".encode(), b"")


class Epochs:
    """Knows the epochs of one keys database."""

    def __init__(self, database: Database, held: HeldSecrets) -> None:
        self._database = database
        self._held = held
        self._active = (
            sa.select(epochs.c.epoch)
            .where(epochs.c.destroyed_at_ms.is_(None))
            .order_by(epochs.c.epoch.desc())
            .limit(1)
        )

    async def wrapping(self, tx: AsyncConnection, *, now_ms: int) -> tuple[int, bytes]:
        """Return the epoch under which this transaction wraps, and its secret."""
        # Shared with others who wrap; whoever destroys it has to wait for all of them.
        asked = self._active.with_for_update(read=True)
        epoch = (await tx.execute(asked)).scalar_one_or_none()
        if epoch is None:
            first = {"epoch": self._held.newest, "active_at_ms": now_ms}
            await tx.execute(insert_new(self._database, epochs), [first])
            epoch = (await tx.execute(asked)).scalar_one()
        return epoch, self._held.secret(epoch)

    async def active(self) -> tuple[int, int] | None:
        """Return the epoch that wraps new keys, and since when; None before the first key."""
        query = epochs.select().where(epochs.c.epoch == self._active.scalar_subquery())
        async with self._database.read() as tx:
            row = (await tx.execute(query)).first()
        return None if row is None else (row.epoch, row.active_at_ms)

    async def activate(self, epoch: int, *, now_ms: int) -> None:
        """Wrap under this epoch from now on; every node must be able to read it."""
        self._held.secret(epoch)
        async with self._database.write() as tx:
            await self.wrapping(tx, now_ms=now_ms)  # so that the one before is noted as well
            row = {"epoch": epoch, "active_at_ms": now_ms}
            await tx.execute(insert_new(self._database, epochs), [row])

    async def rewrap(self, *, now_ms: int) -> tuple[int, int]:
        """Bring every key under the active epoch; return that epoch, and how many came.

        The older ones are retired where all came along. It may be stopped anywhere and begun
        again, also beside another one.
        """
        async with self._database.write() as tx:
            epoch, _ = await self.wrapping(tx, now_ms=now_ms)
        done = 0
        for table in (person_keys, day_keys):
            done += await self._rewrap_table(table, epoch)
        await self._retire_before(epoch, now_ms)
        return epoch, done

    async def count_left(self, epoch: int) -> int:
        """Count what is still wrapped under an epoch older than this one."""
        async with self._database.read() as tx:
            return await _count_before(tx, epoch)

    async def list_destroyed(self) -> list[int]:
        """Return the epochs whose secrets must not exist any more."""
        query = sa.select(epochs.c.epoch).where(epochs.c.destroyed_at_ms.is_not(None))
        async with self._database.read() as tx:
            return list((await tx.execute(query)).scalars())

    async def list_in_use(self) -> list[int]:
        """Return the epochs under which something is wrapped."""
        found: set[int] = set()
        async with self._database.read() as tx:
            for table in (person_keys, day_keys):
                found |= set((await tx.execute(sa.select(table.c.epoch).distinct())).scalars())
        return sorted(found)

    async def give_up_old(self, *, now_ms: int, backup_days: int) -> list[int]:
        """Mark as destroyed what was retired so many days ago; return those epochs.

        Raises:
            EpochInUse: Something is wrapped under one of them again, as after a restored backup.
        """
        due = (
            epochs.c.destroyed_at_ms.is_(None),
            epochs.c.retired_at_ms <= now_ms - backup_days * _DAY_MS,
        )
        query = sa.select(epochs.c.epoch).where(*due).order_by(epochs.c.epoch)
        async with self._database.write() as tx:
            found = list((await tx.execute(query.with_for_update())).scalars())
            if not found:
                return []
            if left := await _count_before(tx, found[-1] + 1):
                raise EpochInUse(epoch=found[-1], keys=left)
            old = epochs.c.epoch.in_(found)
            await tx.execute(epochs.update().where(old).values(destroyed_at_ms=now_ms))
        return found

    async def _rewrap_table(self, table: sa.Table, epoch: int) -> int:
        done, after = 0, None
        while True:
            async with self._database.write() as tx:
                rows = (await tx.execute(_old_rows(table, epoch, after))).all()
                if not rows:
                    return done
                changed = [new for row in rows if (new := self._rewrapped(table, row, epoch))]
                if changed:
                    await tx.execute(_update(table), changed)
            done, after = done + len(changed), rows[-1]
            await asyncio.sleep(0)  # others' turn

    def _rewrapped(self, table: sa.Table, row: sa.Row[Any], epoch: int) -> dict[str, Any] | None:
        """Return a row's new values; None where it does not open."""
        if table is person_keys:
            cell, place = person_cell(row.person_id), {"k0": row.person_id}
        else:
            cell, place = day_cell(row.day, row.use), {"k0": row.day, "k1": row.use}
        try:
            key = open_sealed(self._held.secret(row.epoch), SealedBytes(row.wrapped), cell)
        except Undecryptable:
            return None  # evidence, and no reason to hold up all the others
        wrapped = seal(self._held.secret(epoch), key, cell)
        return {**place, "old": row.epoch, "new": epoch, "again": wrapped}

    async def _retire_before(self, epoch: int, now_ms: int) -> None:
        async with self._database.write() as tx:
            if await _count_before(tx, epoch):
                return
            older = [{"epoch": old, "active_at_ms": 0} for old in self._held.known if old < epoch]
            if older:
                await tx.execute(insert_new(self._database, epochs), older)
            await tx.execute(
                epochs.update()
                .where(epochs.c.epoch < epoch, epochs.c.retired_at_ms.is_(None))
                .values(retired_at_ms=now_ms)
            )


async def _count_before(tx: AsyncConnection, epoch: int) -> int:
    counts = [
        (
            await tx.execute(
                sa.select(sa.func.count()).select_from(table).where(table.c.epoch < epoch)
            )
        ).scalar_one()
        for table in (person_keys, day_keys)
    ]
    return sum(counts)


def _old_rows(table: sa.Table, epoch: int, after: sa.Row[Any] | None) -> sa.Select[Any]:
    """Return the next rows under an older epoch; a row that is being deleted is passed over."""
    keys = list(table.primary_key.columns)
    query = table.select().where(table.c.epoch < epoch).order_by(*keys).limit(_AT_ONCE)
    if after is not None:
        last = sa.tuple_(*(getattr(after, key.name) for key in keys))
        query = query.where(sa.tuple_(*keys) > last)
    return query.with_for_update(skip_locked=True)


def _update(table: sa.Table) -> sa.Update:
    keys = table.primary_key.columns
    same = [key == sa.bindparam(f"k{number}") for number, key in enumerate(keys)]
    return (
        table.update()
        .where(*same, table.c.epoch == sa.bindparam("old"))
        .values(epoch=sa.bindparam("new"), wrapped=sa.bindparam("again"))
    )
