"""Every table and column. What each is for, and why it may stand in clear, says the data map.

Times are whole milliseconds since the epoch, in UTC. Ids are 16 random bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from storage.db.columns import WAITS, WAITS_FOR_CONTACT, Sealed

#: An ascending number of the database's own; SQLite gives one only to plain INTEGER keys.
Serial = BigInteger().with_variant(Integer, "sqlite")

main, keys = MetaData(), MetaData()


def _where(condition: str, name: str, *columns: str, unique: bool = False) -> Index:
    """Make an index of those rows only for which a condition holds."""
    some = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=some, postgresql_where=some)


people = Table(
    "people",
    main,
    Column("person_id", LargeBinary(16), primary_key=True),
    Column("page_id", String(32), nullable=False),
    Column("lookup", LargeBinary(32), nullable=False, unique=True),
    Column("psid", Sealed, nullable=False),
    Column("state", Sealed),
    Column("state_version", Integer, nullable=False, server_default=text("0")),
    Column("language", String(5)),
    Column("window_ends_at_ms", BigInteger, nullable=False),
    Column("muted_until_ms", BigInteger, nullable=False, server_default=text("0")),
    Column("unreachable_since_ms", BigInteger),
    Column("restricted_since_ms", BigInteger),
    Column("erase_due_at_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    Index("people_erase_due", "erase_due_at_ms"),
)

consents = Table(
    "consents",
    main,
    Column("consent_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("purpose_id", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("platform_at_ms", BigInteger, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    Column("text_hash", LargeBinary(32)),
    Column("text_version", String(64)),
    Column("language", String(5)),
)

consent_status = Table(
    "consent_status",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("purpose_id", String(64), primary_key=True),
    Column("granted_at_ms", BigInteger),
    Column("refused_at_ms", BigInteger),
    Column("withdrawn_at_ms", BigInteger),
)

texts = Table(
    "texts",
    main,
    Column("text_hash", LargeBinary(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("text_version", String(64), nullable=False),
    Column("language", String(5), nullable=False),
    Column("first_shown_at_ms", BigInteger, nullable=False),
)

seen_events = Table(
    "seen_events",
    main,
    Column("event_key", LargeBinary(16), primary_key=True),
    Column("day", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)

inbox = Table(
    "inbox",
    main,
    Column("inbox_id", Serial, primary_key=True),
    Column("event_key", LargeBinary(16), nullable=False),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("platform_at_ms", BigInteger, nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("key_day", Integer, nullable=False),
    Column("body", Sealed, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("parked_reason", String(64)),
    _where("parked_reason IS NULL", "inbox_pending", "inbox_id"),
)

outbox = Table(
    "outbox",
    main,
    Column("seq", Serial, primary_key=True),
    Column("outbox_id", LargeBinary(16), nullable=False, unique=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False),
    Column("page_id", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("purpose_id", String(64)),
    Column("case_id", LargeBinary(16)),
    Column("access_id", LargeBinary(16)),
    Column("delivery_id", LargeBinary(16)),
    Column("counts", Boolean),
    Column("notice_id", LargeBinary(16)),
    Column("state", String(8), nullable=False),
    Column("body", Sealed, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("refusals", Integer, nullable=False, server_default=text("0")),
    Column("pauses", Integer, nullable=False, server_default=text("0")),
    Column("resends_left", Integer, nullable=False),
    Column("owner", String(32)),
    Column("begun_at_ms", BigInteger),
    Column("decide_at_ms", BigInteger),
    Index("outbox_by_person", "person_id", "seq"),
    Index("outbox_by_state", "state", "due_at_ms", "seq"),
    _where("state = 'begun'", "outbox_one_begun_per_person", "person_id", unique=True),
    _where("notice_id IS NOT NULL", "outbox_notices", "notice_id"),
)

cases = Table(
    "cases",
    main,
    Column("case_id", LargeBinary(16), primary_key=True),
    Column("number", String(16), nullable=False, unique=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
    Column("answer", Sealed),
    Column("claimed_by", Integer),
    _where("status = 'waiting'", "cases_waiting", "person_id"),
)

erasures = Table(
    "erasures",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("receipt_hash", LargeBinary(32), nullable=False),
    Column("ordered_at_ms", BigInteger, nullable=False, index=True),
)

receipts = Table(
    "receipts",
    main,
    Column("receipt_hash", LargeBinary(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("ordered_at_ms", BigInteger, nullable=False),
    Column("done_at_ms", BigInteger),
)

details = Table(
    "details",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("value", Sealed, nullable=False),
    Column("given_at_ms", BigInteger, nullable=False),
    Column("verified_at_ms", BigInteger),
)

codes = Table(
    "codes",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("code", Sealed, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

links = Table(
    "links",
    main,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("use", String(16), nullable=False),
    Column("about", String(64)),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
    Column("spent_at_ms", BigInteger),
)

accesses = Table(
    "accesses",
    main,
    Column("access_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("act", String(32), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("told_at_ms", BigInteger),
    _where("told_at_ms IS NULL", "accesses_untold", "person_id"),
)

deliveries = Table(
    "deliveries",
    main,
    Column("delivery_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False),
    Column("purpose_id", String(64), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("run_id", LargeBinary(16)),
    Column("due_at_ms", BigInteger),
    Column("expires_at_ms", BigInteger),
    Index("deliveries_by_person", "person_id", "at_ms", "delivery_id"),
    Index("deliveries_by_run", "run_id", "outcome", "lane", "due_at_ms"),
    Index("deliveries_once", "run_id", "person_id", unique=True),
    _where(WAITS_FOR_CONTACT, "deliveries_waiting", "person_id"),
    _where(WAITS, "deliveries_useful", "run_id", "expires_at_ms"),
)

mails = Table(
    "mails",
    main,
    Column("mail_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("case_id", LargeBinary(16)),
    Column("access_id", LargeBinary(16)),
    Column("delivery_id", LargeBinary(16)),
    Column("notice_id", LargeBinary(16)),
    Column("body", Sealed, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claimed_until_ms", BigInteger, nullable=False, server_default=text("0")),
    _where("notice_id IS NOT NULL", "mails_notices", "notice_id"),
)

restores = Table(
    "restores",
    main,
    Column("file_hash", LargeBinary(32), primary_key=True),
    Column("restored_at_ms", BigInteger, nullable=False),
)

timers = Table(
    "timers",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
)

page_states = Table(
    "page_states",
    main,
    Column("page_id", String(32), primary_key=True),
    Column("paused_reason", String(64)),
    Column("paused_at_ms", BigInteger),
    Column("paused_until_ms", BigInteger),
    Column("judged_at_ms", BigInteger),
    Column("heard_at_ms", BigInteger),
    Column("next_slot_at_us", BigInteger, nullable=False, server_default=text("0")),
    Column("next_broadcast_at_us", BigInteger, nullable=False, server_default=text("0")),
)

person_keys = Table(
    "person_keys",
    keys,
    Column("person_id", LargeBinary(16), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("wrapped", Sealed, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False, index=True),
)

day_keys = Table(
    "day_keys",
    keys,
    Column("day", Integer, primary_key=True),
    Column("use", String(8), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("wrapped", Sealed, nullable=False),
)
