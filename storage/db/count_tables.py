"""What is counted and not kept, by day; about nobody."""

from sqlalchemy import Column, Integer, Table

from storage.db.tables import main

unknown_texts = Table(
    "unknown_texts",
    main,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)
