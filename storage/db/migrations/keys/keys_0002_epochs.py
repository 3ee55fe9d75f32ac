"""Epochs: which there are, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "keys_0002"
down_revision = "keys_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; the first epoch enters it when its secret is used next."""
    op.create_table(
        "epochs",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("active_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("destroyed_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("epoch"),
    )
