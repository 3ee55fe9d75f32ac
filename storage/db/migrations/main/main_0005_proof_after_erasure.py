"""Proof after an erasure, for a while: what opens lines of the ledger, under keys of its own."""

import sqlalchemy as sa
from alembic import op

revision = "main_0005"
down_revision = "main_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what is there stays as it is."""
    op.create_table(
        "evidence",
        sa.Column("consent_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column(
            "leaf_index", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key_day", sa.Integer(), nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_index"], ["ledger_entries.leaf_index"]),
        sa.PrimaryKeyConstraint("consent_id"),
    )
    op.create_index("ix_evidence_due_at_ms", "evidence", ["due_at_ms"])
    op.create_index("ix_evidence_key_day", "evidence", ["key_day"])
