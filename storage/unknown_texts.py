"""How many texts a day the bot had no answer to; of the texts themselves nothing is kept."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.count_tables import unknown_texts
from storage.db.dialects import insert_or_add
from storage.inbox import day_of

KEPT_DAYS: Final = 7


async def count_unknown(tx: AsyncConnection, count: int, *, now_ms: int) -> None:
    """Add to the count of the day."""
    if count:
        row = {"day": day_of(now_ms), "count": count}
        await tx.execute(insert_or_add(tx, unknown_texts, "count"), row)
