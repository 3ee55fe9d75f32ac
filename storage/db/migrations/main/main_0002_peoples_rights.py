"""What people's rights need: details, pages of one's own, looks, deliveries, mail."""

import sqlalchemy as sa
from alembic import op

from storage.db.columns import Sealed

revision = "main_0002"
down_revision = "main_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; what is there stays as it is."""
    with op.batch_alter_table("outbox", schema=None) as outbox:
        outbox.add_column(sa.Column("purpose_id", sa.String(length=64), nullable=True))
        outbox.add_column(sa.Column("case_id", sa.LargeBinary(length=16), nullable=True))
        outbox.add_column(sa.Column("access_id", sa.LargeBinary(length=16), nullable=True))
    with op.batch_alter_table("cases", schema=None) as cases:
        cases.add_column(sa.Column("answer", Sealed(), nullable=True))
    waiting = sa.text("status = 'waiting'")
    op.create_index(
        "cases_waiting", "cases", ["person_id"], sqlite_where=waiting, postgresql_where=waiting
    )
    _details()
    _links()
    _accesses()
    _deliveries()
    _mails()
    op.create_table(
        "restores",
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("restored_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash"),
    )


def _details() -> None:
    op.create_table(
        "details",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("value", Sealed(), nullable=False),
        sa.Column("given_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("verified_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("person_id", "field"),
    )
    op.create_table(
        "codes",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code", Sealed(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_codes_expires_at_ms", "codes", ["expires_at_ms"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("made_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("spent_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_links_expires_at_ms", "links", ["expires_at_ms"])
    op.create_index("ix_links_person_id", "links", ["person_id"])


def _accesses() -> None:
    op.create_table(
        "accesses",
        sa.Column("access_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("told_at_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("access_id"),
    )
    op.create_index("ix_accesses_person_id", "accesses", ["person_id"])
    untold = sa.text("told_at_ms IS NULL")
    op.create_index(
        "accesses_untold", "accesses", ["person_id"], sqlite_where=untold, postgresql_where=untold
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("purpose_id", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.create_index("ix_deliveries_at_ms", "deliveries", ["at_ms"])
    op.create_index("deliveries_by_person", "deliveries", ["person_id", "at_ms", "delivery_id"])


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("mail_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("case_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("access_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("body", Sealed(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_until_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("mail_id"),
    )
    op.create_index("ix_mails_due_at_ms", "mails", ["due_at_ms"])
    op.create_index("ix_mails_person_id", "mails", ["person_id"])
