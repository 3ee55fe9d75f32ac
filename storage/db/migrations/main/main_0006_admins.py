"""Admins: who they are, how they prove it, what they are about to do, what they did."""

import sqlalchemy as sa
from alembic import op

from storage.db.columns import Sealed

revision = "main_0006"
down_revision = "main_0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; what is there stays as it is."""
    op.create_table(
        "admin_numbers",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "admins",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("seed", Sealed(), nullable=True),
        sa.Column("proved_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.ForeignKeyConstraint(["number"], ["admin_numbers.number"]),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_table(
        "admin_invites",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("ix_admin_invites_expires_at_ms", "admin_invites", ["expires_at_ms"])
    _signing_in()
    _acts()


def _signing_in() -> None:
    op.create_table(
        "admin_sessions",
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_admin_sessions_ends_at_ms", "admin_sessions", ["ends_at_ms"])
    op.create_table(
        "admin_sign_ins",
        sa.Column("sign_in_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("sign_in_id"),
    )
    op.create_index("ix_admin_sign_ins_person_id", "admin_sign_ins", ["person_id"])
    op.create_index("ix_admin_sign_ins_expires_at_ms", "admin_sign_ins", ["expires_at_ms"])
    op.create_table(
        "admin_tries",
        sa.Column("try_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("try_id"),
    )
    op.create_index("ix_admin_tries_person_id", "admin_tries", ["person_id"])
    op.create_index("ix_admin_tries_expires_at_ms", "admin_tries", ["expires_at_ms"])


def _acts() -> None:
    op.create_table(
        "pending_acts",
        sa.Column("act_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("command", sa.String(length=32), nullable=False),
        sa.Column("line", Sealed(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"]),
        sa.PrimaryKeyConstraint("act_id"),
    )
    op.create_index("ix_pending_acts_person_id", "pending_acts", ["person_id"])
    op.create_index("ix_pending_acts_due_at_ms", "pending_acts", ["due_at_ms"])
    op.create_index("ix_pending_acts_expires_at_ms", "pending_acts", ["expires_at_ms"])
    op.create_table(
        "admin_acts",
        sa.Column("leaf_index", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["leaf_index"], ["ledger_entries.leaf_index"]),
        sa.PrimaryKeyConstraint("leaf_index"),
    )
