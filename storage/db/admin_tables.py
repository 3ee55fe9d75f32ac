"""Tables of admins: who they are, how they prove it, what they are about to do, what they did."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from storage.db.columns import Sealed
from storage.db.ledger_tables import ledger_entries
from storage.db.tables import main, people

#: Every number that was ever given, so that none is given twice; it stays when its admin is gone.
admin_numbers = Table(
    "admin_numbers",
    main,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("since_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger),
)

admins = Table(
    "admins",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("number", ForeignKey(admin_numbers.c.number), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("seed", Sealed),
    Column("proved_at_ms", BigInteger),
    Column("last_step", BigInteger, nullable=False, server_default="0"),
)

admin_invites = Table(
    "admin_invites",
    main,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

admin_sessions = Table(
    "admin_sessions",
    main,
    Column("person_id", ForeignKey(people.c.person_id), primary_key=True),
    Column("opened_at_ms", BigInteger, nullable=False),
    Column("ends_at_ms", BigInteger, nullable=False, index=True),
)

admin_sign_ins = Table(
    "admin_sign_ins",
    main,
    Column("sign_in_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

#: Codes that were tried, so that guessing ends.
admin_tries = Table(
    "admin_tries",
    main,
    Column("try_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

#: What waits for a code, for a second admin, or for the end of its delay.
pending_acts = Table(
    "pending_acts",
    main,
    Column("act_id", String(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("command", String(32), nullable=False),
    Column("line", Sealed, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("state", String(8), nullable=False),
    Column("due_at_ms", BigInteger, index=True),
    Column("expires_at_ms", BigInteger, nullable=False, index=True),
)

#: What opens the ledger's lines about acts of admins: it names nobody but a number and a role.
admin_acts = Table(
    "admin_acts",
    main,
    Column("leaf_index", ForeignKey(ledger_entries.c.leaf_index), primary_key=True),
    Column("opening", LargeBinary, nullable=False),
)
