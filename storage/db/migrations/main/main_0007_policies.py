"""Versions of the notice: what was published, what is in force, and who was told."""

import sqlalchemy as sa
from alembic import op

revision = "main_0007"
down_revision = "main_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what is there stays as it is."""
    op.create_table(
        "policies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("asks_again", sa.Text(), nullable=False),
        sa.Column("published_by", sa.String(length=16), nullable=False),
        sa.Column("published_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("in_force_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("begun_at_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "policy_texts",
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash"),
    )
    op.create_table(
        "policy_languages",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["policies.number"]),
        sa.ForeignKeyConstraint(["text_hash"], ["policy_texts.text_hash"]),
        sa.PrimaryKeyConstraint("number", "language"),
    )
    op.create_table(
        "policy_purposes",
        sa.Column("purpose_id", sa.String(length=64), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("asked_anew_at_ms", sa.BigInteger()),
        sa.Column("asked_anew_by", sa.Integer()),
        sa.PrimaryKeyConstraint("purpose_id"),
    )
    op.create_table(
        "policy_drafts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("facts_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("in_force_from_ms", sa.BigInteger()),
        sa.Column("asks_again", sa.Text(), nullable=False),
        sa.Column("edited_by", sa.String(length=16), nullable=False),
        sa.Column("edited_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "policy_tellings",
        sa.Column("telling_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("told_at_ms", sa.BigInteger()),
        sa.Column("answer", sa.String(length=16)),
        sa.Column("answered_at_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("telling_id"),
    )
    op.create_index("policy_tellings_once", "policy_tellings", ["person_id", "number"], unique=True)
