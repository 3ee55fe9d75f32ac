"""Pages whose bot ends, and how far that is; on the same metadata as all the others."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, text

from storage.db.tables import main

retirements = Table(
    "retirements",
    main,
    Column("page_id", String(32), primary_key=True),
    Column("ordered_by", String(16), nullable=False),
    Column("number", String(16), nullable=False),
    Column("ordered_at_ms", BigInteger, nullable=False),
    Column("due_at_ms", BigInteger, nullable=False),
    Column("begun_at_ms", BigInteger),
    Column("people", Integer, nullable=False, server_default=text("0")),
    Column("told", Integer, nullable=False, server_default=text("0")),
    Column("requests", Integer, nullable=False, server_default=text("0")),
    Column("at_messenger", String(16)),
    Column("done_at_ms", BigInteger),
)
