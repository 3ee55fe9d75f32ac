"""Tables of the register of breaches, and of who was told; on the metadata of all the others."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.db.columns import Sealed
from storage.db.tables import Serial, main, people

breaches = Table(
    "breaches",
    main,
    Column("breach_id", LargeBinary(16), primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("aware_at_ms", BigInteger, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
)

#: What was written about a breach; lines are added, and none is ever changed.
breach_lines = Table(
    "breach_lines",
    main,
    Column("seq", Serial, primary_key=True),
    Column("line_id", LargeBinary(16), nullable=False, unique=True),
    Column("breach_id", ForeignKey(breaches.c.breach_id), nullable=False, index=True),
    Column("field", String(32), nullable=False),
    Column("value", Sealed, nullable=False),
    Column("author", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

breach_reminders = Table(
    "breach_reminders",
    main,
    Column("breach_id", ForeignKey(breaches.c.breach_id), primary_key=True),
    Column("hours", Integer, primary_key=True, autoincrement=False),
    Column("reminded_at_ms", BigInteger, nullable=False),
)

#: What people are told of a breach, and who they are; several where there is more to tell later.
breach_tellings = Table(
    "breach_tellings",
    main,
    Column("telling_id", LargeBinary(16), primary_key=True),
    Column("breach_id", ForeignKey(breaches.c.breach_id), nullable=False, index=True),
    Column("plan", Sealed, nullable=False),
    Column("people", Integer, nullable=False, server_default=text("0")),
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("all_chosen_at_ms", BigInteger),
)

breach_notices = Table(
    "breach_notices",
    main,
    Column("notice_id", LargeBinary(16), primary_key=True),
    Column("telling_id", ForeignKey(breach_tellings.c.telling_id), nullable=False),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False),
    Column("number", String(16), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    UniqueConstraint("telling_id", "person_id", name="breach_notices_once"),
    Index("breach_notices_by_person", "person_id", "outcome"),
    Index("breach_notices_by_outcome", "outcome"),
)
