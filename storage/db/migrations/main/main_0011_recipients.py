"""Erasures are passed on: what other recipients are told, until they have confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "main_0011"
down_revision = "main_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what is there stays as it is."""
    op.create_table(
        "tellings",
        sa.Column("telling_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("key_day", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_until_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("telling_id"),
    )
    is_open = sa.text("settled_at_ms IS NULL")
    op.create_index("ix_tellings_receipt_hash", "tellings", ["receipt_hash"])
    op.create_index(
        "tellings_open", "tellings", ["due_at_ms"], sqlite_where=is_open, postgresql_where=is_open
    )
