"""The few statements that SQLite and PostgreSQL spell differently."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

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


def insert_or_add(tx: AsyncConnection, table: sa.Table, column: str) -> Any:
    """Return an INSERT that adds to `column` where the row is there already."""
    insert: Any = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={column: table.c[column] + statement.excluded[column]},
    )


def insert_unless(
    database: Database,
    table: sa.Table,
    columns: tuple[str, ...],
    *,
    where: sa.ColumnElement[bool],
) -> Any:
    """Return an INSERT that, where the row is there already, sets `columns` only under `where`."""
    statement = _insert(database)(table).values(
        {column.name: sa.bindparam(column.name) for column in table.c}
    )
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
        where=where,
    )


def _insert(database: Database) -> Any:
    return sqlite.insert if database.is_sqlite else postgresql.insert
