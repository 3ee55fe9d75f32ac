"""The processes that serve this database, and which secrets each has learned."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, text

from storage.db.tables import main

nodes = Table(
    "nodes",
    main,
    Column("node_id", String(32), primary_key=True),
    Column("lock_number", BigInteger, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False, server_default=text("0")),
)
