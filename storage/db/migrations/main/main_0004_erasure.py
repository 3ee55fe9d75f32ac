"""Erasure step by step: which deployment this is, who is being erased, who knows which epoch."""

import sqlalchemy as sa
from alembic import op

revision = "main_0004"
down_revision = "main_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what is there stays as it is."""
    op.create_table(
        "deployment",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deployment_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "erasing",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("begun_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_erasing_begun_at_ms", "erasing", ["begun_at_ms"])
    with op.batch_alter_table("nodes", schema=None) as nodes:
        nodes.add_column(
            sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
