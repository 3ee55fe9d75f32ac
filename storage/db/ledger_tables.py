"""The ledger's tables. The database itself refuses to change or delete a row of the first three."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.db.columns import Sealed
from storage.db.tables import Serial, main, people

ledger_entries = Table(
    "ledger_entries",
    main,
    Column("leaf_index", Serial, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("day", Integer, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
)

ledger_nodes = Table(
    "ledger_nodes",
    main,
    Column("number", Serial, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

ledger_heads = Table(
    "ledger_heads",
    main,
    Column("size", Serial, primary_key=True, autoincrement=False),
    Column("peaks", LargeBinary, nullable=False),
)

ledger_openings = Table(
    "ledger_openings",
    main,
    Column("consent_id", LargeBinary(16), primary_key=True),
    Column("person_id", ForeignKey(people.c.person_id), nullable=False, index=True),
    Column("leaf_index", ForeignKey(ledger_entries.c.leaf_index), nullable=False),
    Column("opening", Sealed, nullable=False),
)

ledger_receipts = Table(
    "ledger_receipts",
    main,
    Column("leaf_index", ForeignKey(ledger_entries.c.leaf_index), primary_key=True),
    Column("receipt_hash", LargeBinary(32), nullable=False),
    Column("opening", LargeBinary, nullable=False),
    Index("ledger_receipts_by_hash", "receipt_hash"),
)

#: What opens lines about people who are gone, where proof is kept for a while.
evidence = Table(
    "evidence",
    main,
    Column("consent_id", LargeBinary(16), primary_key=True),
    Column("leaf_index", ForeignKey(ledger_entries.c.leaf_index), nullable=False),
    Column("key_day", Integer, nullable=False, index=True),
    Column("opening", Sealed, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False, index=True),
)
