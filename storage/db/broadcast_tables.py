"""Broadcasts, their runs, what is left of a run as counts, and how often somebody is written to."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.db.tables import Serial, main, people

broadcasts = Table(
    "broadcasts",
    main,
    Column("number", Serial, primary_key=True),
    Column("page_id", String(32), nullable=False),
    Column("purpose_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("cron", String(64), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("is_local", Boolean, nullable=False),
    Column("is_urgent", Boolean, nullable=False),
    Column("useful_ms", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("picture_id", String(64)),
    Column("next_at_ms", BigInteger),
    Column("made_by", String(32), nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("is_for_many", Boolean, nullable=False, server_default=false()),
)

runs = Table(
    "runs",
    main,
    Column("run_id", LargeBinary(16), primary_key=True),
    Column("number", ForeignKey(broadcasts.c.number), nullable=False),
    Column("occurs_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("made_up_to", LargeBinary(16)),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    UniqueConstraint("number", "occurs_at_ms", name="runs_once"),
)

run_counts = Table(
    "run_counts",
    main,
    Column("run_id", ForeignKey(runs.c.run_id), primary_key=True),
    Column("lane", String(16), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("count", Integer, nullable=False, server_default=text("0")),
)

frequency = Table(
    "frequency",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("purpose_id", String(64), primary_key=True),
    Column("delivery_id", LargeBinary(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)
