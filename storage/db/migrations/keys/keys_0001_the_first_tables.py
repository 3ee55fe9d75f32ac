"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.db.columns import Sealed

revision = "keys_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "day_keys",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", Sealed(), nullable=False),
        sa.PrimaryKeyConstraint("day", "use"),
    )
    op.create_table(
        "person_keys",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", Sealed(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id"),
    )
    with op.batch_alter_table("person_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_keys_created_at_ms"), ["created_at_ms"], unique=False
        )
