"""The register of breaches, what people are told of them, and which message tells it."""

import sqlalchemy as sa
from alembic import op

revision = "main_0008"
down_revision = "main_0007"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and a column to the two queues; what is there stays as it is."""
    _register()
    _tellings()
    for queue in ("outbox", "mails"):
        op.add_column(queue, sa.Column("notice_id", sa.LargeBinary(length=16)))
        some = sa.text("notice_id IS NOT NULL")
        op.create_index(
            f"{queue}_notices", queue, ["notice_id"], sqlite_where=some, postgresql_where=some
        )


def _register() -> None:
    op.create_table(
        "breaches",
        sa.Column("breach_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("aware_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("breach_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "breach_lines",
        sa.Column("seq", _SERIAL, nullable=False),
        sa.Column("line_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("breach_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.breach_id"]),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("line_id"),
    )
    op.create_index("ix_breach_lines_breach_id", "breach_lines", ["breach_id"])
    op.create_table(
        "breach_reminders",
        sa.Column("breach_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("reminded_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.breach_id"]),
        sa.PrimaryKeyConstraint("breach_id", "hours"),
    )


def _tellings() -> None:
    op.create_table(
        "breach_tellings",
        sa.Column("telling_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("breach_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("begun_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("all_chosen_at_ms", sa.BigInteger()),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.breach_id"]),
        sa.PrimaryKeyConstraint("telling_id"),
    )
    op.create_index("ix_breach_tellings_breach_id", "breach_tellings", ["breach_id"])
    op.create_table(
        "breach_notices",
        sa.Column("notice_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("telling_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["telling_id"], ["breach_tellings.telling_id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("notice_id"),
        sa.UniqueConstraint("telling_id", "person_id", name="breach_notices_once"),
    )
    op.create_index("breach_notices_by_person", "breach_notices", ["person_id", "outcome"])
    op.create_index("breach_notices_by_outcome", "breach_notices", ["outcome"])
