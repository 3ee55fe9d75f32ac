"""Which processes serve this database, and which of them are dead.

SQLite: one process, proven by a locked file beside the database. PostgreSQL: each node holds an
advisory lock for as long as its session lives; whoever can take a node's lock knows it is dead.
"""

import asyncio
import fcntl
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.engine import Database
from storage.db.node_tables import nodes
from storage.errors import AlreadyServed, PlaceLost, StorageUnavailable


@dataclass(slots=True)
class Node:
    """This process's place among those that serve the database."""

    node_id: str
    _file: IO[str] | None = None
    _session: AsyncConnection | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def note_epoch(self, epoch: int) -> None:
        """Tell the others which newest epoch this process can read.

        Raises:
            PlaceLost: The session that held the lock is gone.
        """
        known = nodes.update().where(nodes.c.node_id == self.node_id).values(epoch=epoch)
        await self._say(known)

    async def confirm(self) -> None:
        """Make sure that this place is still ours.

        Raises:
            PlaceLost: The session that held the lock is gone; others take this node for dead.
        """
        await self._say(sa.select(1))

    async def _say(self, statement: sa.Executable) -> None:
        if self._session is None:
            return
        async with self._turn:
            try:
                await self._session.execute(statement)
                await self._session.commit()
            except DBAPIError as gone:
                raise PlaceLost(node=self.node_id) from gone

    async def leave(self) -> None:
        """Give up the lock; what this node had begun is then in doubt."""
        if self._file is not None:
            self._file.close()
        if self._session is not None:
            await self._session.invalidate()  # a pooled session would keep its lock
            await self._session.close()


async def join(database: Database, *, now_ms: int, epoch: int = 0, state_version: int = 0) -> Node:
    """Take a place among those that serve this database.

    Args:
        database: The main one.
        now_ms: The present time.
        epoch: The newest epoch this process can read.
        state_version: The version of its conversations.

    Raises:
        AlreadyServed: SQLite, and another process serves this file.
    """
    node_id = secrets.token_hex(8)
    if database.path is not None:
        return Node(node_id, _file=_lock_file(database.path))
    number = secrets.randbits(62)
    session = await database.engine.connect()
    await session.execute(sa.select(sa.func.pg_advisory_lock(number)))
    row = {
        "node_id": node_id,
        "lock_number": number,
        "started_at_ms": now_ms,
        "epoch": epoch,
        "state_version": state_version,
    }
    await session.execute(nodes.insert(), [row])
    await session.commit()
    return Node(node_id, _session=session)


async def list_alive(database: Database, tx: AsyncConnection, own: Node) -> list[str]:
    """Return the nodes that live, this one included; forget those that do not."""
    if database.is_sqlite:
        return [own.node_id]
    alive = [own.node_id]
    rows = (await tx.execute(nodes.select().where(nodes.c.node_id != own.node_id))).all()
    for row in rows:
        if await _is_free(tx, row.lock_number):
            await tx.execute(nodes.delete().where(nodes.c.node_id == row.node_id))
        else:
            alive.append(row.node_id)
    return alive


async def count_behind(database: Database, tx: AsyncConnection, epoch: int) -> int:
    """Count the nodes that live and can't read this epoch yet.

    On SQLite there is none: the one process that may serve it reads the same files as we do.
    """
    if database.is_sqlite:
        return 0
    behind = 0
    rows = (await tx.execute(nodes.select().where(nodes.c.epoch < epoch))).all()
    for row in rows:
        behind += not await _is_free(tx, row.lock_number)
    return behind


async def is_served(database: Database) -> bool:
    """Tell whether a process serves this database at this moment."""
    if database.path is not None:
        try:
            _lock_file(database.path).close()
        except AlreadyServed:
            return True
        return False
    async with database.read() as tx:
        numbers = list((await tx.execute(sa.select(nodes.c.lock_number))).scalars())
        return any([not await _is_free(tx, number) for number in numbers])


async def _is_free(tx: AsyncConnection, number: int) -> bool:
    """Tell whether a node's lock can be taken, so that the node is dead."""
    taken = await tx.execute(sa.select(sa.func.pg_try_advisory_xact_lock(number)))
    return bool(taken.scalar())


def _lock_file(path: Path) -> IO[str]:
    try:
        file = path.with_name(f"{path.name}.lock").open("w", encoding="ascii")
    except OSError as refused:
        raise StorageUnavailable(database=path.name, cause=type(refused).__name__) from refused
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        file.close()
        raise AlreadyServed(database=path.name) from held
    return file
