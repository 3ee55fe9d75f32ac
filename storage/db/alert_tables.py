"""What the team is to be told of, and whom it was told; on the same metadata as all the others."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from storage.db.tables import main, people

alerts = Table(
    "alerts",
    main,
    Column("alert_id", LargeBinary(16), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("about", String(64), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("raised_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("settled_at_ms", BigInteger, index=True),
)
#: What stands; raised again after it was settled, an alert is a new one.
STANDING = alerts.c.settled_at_ms.is_(None)
Index(
    "alerts_standing",
    alerts.c.kind,
    alerts.c.about,
    alerts.c.stage,
    unique=True,
    sqlite_where=STANDING,
    postgresql_where=STANDING,
)
Index("alerts_due", alerts.c.due_at_ms, sqlite_where=STANDING, postgresql_where=STANDING)

alert_tellings = Table(
    "alert_tellings",
    main,
    Column("telling_id", LargeBinary(16), primary_key=True),
    Column("alert_id", LargeBinary(16), nullable=False),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("lane", String(16), nullable=False),
    Column("told_at_ms", BigInteger, nullable=False),
    Index("alert_tellings_once", "alert_id", "person_id", unique=True),
)
