"""Ends of Pages' bots, and what lets two versions of the program work side by side."""

import sqlalchemy as sa
from alembic import op

revision = "main_0014"
down_revision = "main_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables and two columns; what is there stays as it is."""
    op.create_table(
        "retirements",
        sa.Column("page_id", sa.String(length=32), nullable=False),
        sa.Column("ordered_by", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("ordered_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("told", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("at_messenger", sa.String(length=16), nullable=True),
        sa.Column("done_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("page_id"),
    )
    op.create_table(
        "schema_marks",
        sa.Column("compatible_since", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("compatible_since"),
    )
    for table in ("people", "nodes"):
        op.add_column(
            table,
            sa.Column("state_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        )
