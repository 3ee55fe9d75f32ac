"""A database as the version before this one made it."""

from pathlib import Path

from alembic import command
from sqlalchemy.engine import Connection

from storage.db.engine import Database
from storage.db.schema import config

#: The revision of that version.
OLD = "main_0012"


async def make_old(url: str) -> None:
    """Put an empty main database of the version before in the place of what is there."""
    path = Path(url.partition("///")[2])
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(_make)
    await database.close()


def _make(connection: Connection) -> None:
    command.upgrade(config("main", connection), OLD)
