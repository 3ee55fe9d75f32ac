"""The ledger: entries, tree and heads that only grow, and what opens the entries."""

import sqlalchemy as sa
from alembic import op

from storage.db.columns import Sealed

revision = "main_0003"
down_revision = "main_0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSED = "the ledger only grows"
#: What a new row must not be. SQLite's INSERT OR REPLACE deletes without asking a DELETE trigger.
_MISFITS = {
    "ledger_entries": (
        "NEW.leaf_index <> (SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger_entries)"
    ),
    "ledger_nodes": "NEW.number <> (SELECT coalesce(max(number) + 1, 0) FROM ledger_nodes)",
    "ledger_heads": "NEW.size <= (SELECT coalesce(max(size), 0) FROM ledger_heads)",
}
_FUNCTION = f"""
CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def upgrade() -> None:
    """Add the tables, and have the database refuse what would change the past."""
    op.create_table(
        "ledger_entries",
        sa.Column("leaf_index", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index"),
    )
    op.create_table(
        "ledger_nodes",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("size", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    _openings()
    guard = _guard_on_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql
    guard()


def _openings() -> None:
    op.create_table(
        "ledger_openings",
        sa.Column("consent_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("leaf_index", _NUMBER, nullable=False),
        sa.Column("opening", Sealed(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.ForeignKeyConstraint(["leaf_index"], ["ledger_entries.leaf_index"]),
        sa.PrimaryKeyConstraint("consent_id"),
    )
    op.create_index("ix_ledger_openings_person_id", "ledger_openings", ["person_id"])
    op.create_table(
        "ledger_receipts",
        sa.Column("leaf_index", _NUMBER, nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_index"], ["ledger_entries.leaf_index"]),
        sa.PrimaryKeyConstraint("leaf_index"),
    )
    op.create_index("ledger_receipts_by_hash", "ledger_receipts", ["receipt_hash"])


def _guard_on_sqlite() -> None:
    for table, misfit in _MISFITS.items():
        for act in ("UPDATE", "DELETE"):
            _trigger_on_sqlite(table, act, "1")
        _trigger_on_sqlite(table, "INSERT", misfit)


def _trigger_on_sqlite(table: str, act: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    )


def _guard_on_postgresql() -> None:
    op.execute(_FUNCTION)
    for table in _MISFITS:
        op.execute(
            f"CREATE TRIGGER {table}_row BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()"
        )
