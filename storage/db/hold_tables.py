"""Pages that admins hold: what nobody asked for waits there until an admin lets it go on."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from storage.db.tables import main

page_holds = Table(
    "page_holds",
    main,
    Column("page_id", String(32), primary_key=True),
    Column("held_at_ms", BigInteger, nullable=False),
    Column("held_by", Integer, nullable=False),
)
