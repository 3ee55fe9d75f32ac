"""Alerts: what the team is to be told of, whom of it was told, and when a Page was last heard."""

import sqlalchemy as sa
from alembic import op

revision = "main_0009"
down_revision = "main_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what is there stays as it is."""
    standing = sa.text("settled_at_ms IS NULL")
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("raised_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id"),
    )
    op.create_index("ix_alerts_settled_at_ms", "alerts", ["settled_at_ms"])
    op.create_index(
        "alerts_standing",
        "alerts",
        ["kind", "about", "stage"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(
        "alerts_due", "alerts", ["due_at_ms"], sqlite_where=standing, postgresql_where=standing
    )
    op.create_table(
        "alert_tellings",
        sa.Column("telling_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("alert_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("told_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("telling_id"),
    )
    with op.batch_alter_table("page_states", schema=None) as page_states:
        page_states.add_column(sa.Column("heard_at_ms", sa.BigInteger(), nullable=True))
    op.create_index("ix_alert_tellings_person_id", "alert_tellings", ["person_id"])
    op.create_index("alert_tellings_once", "alert_tellings", ["alert_id", "person_id"], unique=True)
