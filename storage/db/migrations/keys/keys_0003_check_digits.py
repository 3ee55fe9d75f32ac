"""Check digits of secrets: by them, machines with files of their own see that they are alike."""

import sqlalchemy as sa
from alembic import op

revision = "keys_0003"
down_revision = "keys_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; each secret enters it when a process first reads it."""
    op.create_table(
        "secret_checks",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_digits", sa.LargeBinary(8), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
