"""The processes that serve this database, and what each of them can read."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, text

from storage.db.tables import main

#: Since which revision programs can work with these tables; no row where only the newest can.
schema_marks = Table(
    "schema_marks",
    main,
    Column("compatible_since", String(32), primary_key=True),
)

nodes = Table(
    "nodes",
    main,
    Column("node_id", String(32), primary_key=True),
    Column("lock_number", BigInteger, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("state_version", Integer, nullable=False, server_default=text("0")),
)
