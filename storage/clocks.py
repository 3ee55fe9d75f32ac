"""How far this machine's clock is from the database's, which all nodes share."""

from collections.abc import Callable

import sqlalchemy as sa

from storage.db.engine import Database

_NOW_MS = sa.select(sa.cast(sa.extract("epoch", sa.func.clock_timestamp()) * 1000, sa.BigInteger))


async def ahead_ms(database: Database, now_ms: Callable[[], int]) -> int:
    """Return by how much this machine's clock is ahead, less than 0 where it is behind.

    A file has no clock of its own, so there it is always 0.
    """
    if database.is_sqlite:
        return 0
    async with database.read() as tx:
        before_ms = now_ms()
        theirs_ms = int((await tx.execute(_NOW_MS)).scalar_one())
        after_ms = now_ms()
    # Where the answer took its time, nobody knows when within that time it was true.
    return max(before_ms - theirs_ms, 0) or min(after_ms - theirs_ms, 0)
