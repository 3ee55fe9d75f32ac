"""The table of what other recipients are told of erasures; on the same metadata as all the others.

No column leads to a person: what a recipient needs to find them is sealed under the key of a day.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, text

from storage.db.columns import Sealed
from storage.db.tables import main

_IS_OPEN = text("settled_at_ms IS NULL")

tellings = Table(
    "tellings",
    main,
    Column("telling_id", LargeBinary(16), primary_key=True),
    Column("receipt_hash", LargeBinary(32), index=True),
    Column("recipient", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("key_day", Integer),
    Column("body", Sealed),
    Column("erased_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("expires_at_ms", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claimed_until_ms", BigInteger, nullable=False, server_default=text("0")),
    Column("settled_at_ms", BigInteger),
    Index("tellings_open", "due_at_ms", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
)
