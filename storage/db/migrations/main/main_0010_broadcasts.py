"""Broadcasts: what is sent to many, each occurrence once, and who was reached by it."""

import sqlalchemy as sa
from alembic import op

revision = "main_0010"
down_revision = "main_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables and columns; what is there stays as it is."""
    _broadcasts()
    _runs()
    _frequency()
    _deliveries()
    for queue in ("outbox", "mails"):
        op.add_column(queue, sa.Column("delivery_id", sa.LargeBinary(length=16), nullable=True))
    op.add_column("outbox", sa.Column("counts", sa.Boolean(), nullable=True))
    op.add_column(
        "page_states",
        sa.Column(
            "next_broadcast_at_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
    )


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.String(length=32), nullable=False),
        sa.Column("purpose_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("cron", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("useful_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("picture_id", sa.String(length=64), nullable=True),
        sa.Column("next_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("occurs_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_up_to", sa.LargeBinary(length=16), nullable=True),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["broadcasts.number"]),
        sa.PrimaryKeyConstraint("run_id"),
        sa.UniqueConstraint("number", "occurs_at_ms", name="runs_once"),
    )
    op.create_table(
        "run_counts",
        sa.Column("run_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"]),
        sa.PrimaryKeyConstraint("run_id", "lane", "outcome"),
    )


def _frequency() -> None:
    op.create_table(
        "frequency",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("purpose_id", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("person_id", "purpose_id"),
    )
    op.create_index("ix_frequency_at_ms", "frequency", ["at_ms"])


def _deliveries() -> None:
    op.add_column("deliveries", sa.Column("run_id", sa.LargeBinary(length=16), nullable=True))
    for name in ("due_at_ms", "expires_at_ms"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index("deliveries_by_run", "deliveries", ["run_id", "outcome", "lane", "due_at_ms"])
    op.create_index("deliveries_once", "deliveries", ["run_id", "person_id"], unique=True)
    waits = sa.text("outcome = 'waiting' AND lane = 'next_contact'")
    op.create_index(
        "deliveries_waiting",
        "deliveries",
        ["person_id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
