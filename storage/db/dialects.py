"""The few statements that SQLite and PostgreSQL spell differently."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.db.engine import Database


def insert_new(database: Database, table: sa.Table) -> Any:
    """Return an INSERT that leaves a row alone which is there already."""
    return _insert(database)(table).on_conflict_do_nothing()


def insert_or_update(
    database: Database,
    table: sa.Table,
    columns: tuple[str, ...],
    *,
    key: tuple[str, ...] = (),
    where: sa.ColumnElement[bool] | None = None,
) -> Any:
    """Return an INSERT that sets `columns` where the row is there already.

    Args:
        database: Where it is to run.
        table: Where the row goes.
        columns: What is set where it is there already.
        key: What makes rows the same, by a unique index; else the primary key.
        where: Of which rows only that index is.
    """
    statement = _insert(database)(table)
    return statement.on_conflict_do_update(
        index_elements=list(key or table.primary_key.columns),
        index_where=where,
        set_={name: statement.excluded[name] for name in columns},
    )


def _insert(database: Database) -> Any:
    return sqlite.insert if database.is_sqlite else postgresql.insert
