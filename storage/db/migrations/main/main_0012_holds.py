"""Admins at work: which Pages they hold, and who works on which request."""

import sqlalchemy as sa
from alembic import op

revision = "main_0012"
down_revision = "main_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table and a column; what is there stays as it is."""
    op.create_table(
        "page_holds",
        sa.Column("page_id", sa.String(length=32), nullable=False),
        sa.Column("held_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("held_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page_id"),
    )
    op.add_column("cases", sa.Column("claimed_by", sa.Integer(), nullable=True))
