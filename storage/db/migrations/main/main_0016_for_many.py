"""Broadcasts: whether one was let go for more people than one admin may send to."""

import sqlalchemy as sa
from alembic import op

revision = "main_0016"
down_revision = "main_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; of what is scheduled nobody knows it, so a large one asks once more."""
    op.add_column(
        "broadcasts",
        sa.Column("is_for_many", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
