"""Copies of SQLite's files from before their tables were changed: the way back of an upgrade.

They are backups, with all that a backup holds of people, so only the last one is kept, closed to
others, and not for longer than backups are. On PostgreSQL the operator makes them.
"""

from pathlib import Path

from storage.db import copies, schema
from storage.db.engine import Database


async def copy_before_upgrade(main: Database, keys: Database) -> list[Path]:
    """Copy both databases, main first, where a migration is due to either; return the files."""
    databases: dict[schema.Which, Database] = {"main": main, "keys": keys}
    if not all(database.is_sqlite for database in databases.values()):
        return []
    found = {which: await schema.revision_of(one) for which, one in databases.items()}
    is_due = any(
        revision is not None and revision < schema.NEWEST[which]
        for which, revision in found.items()
    )
    if not is_due:
        return []
    # One that has no tables yet has nothing to lose.
    return [await copies.copy_beside(one) for which, one in databases.items() if found[which]]


def delete_old_copies(main: Database, keys: Database, *, before_ms: int) -> int:
    """Delete the copies that were made before a time; return how many."""
    files = [copies.beside(one.path) for one in (main, keys) if one.path is not None]
    old = [one for one in files if one.exists() and one.stat().st_mtime * 1000 < before_ms]
    for one in old:
        one.unlink()
    return len(old)
