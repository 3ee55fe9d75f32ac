"""What is counted by day, without anybody."""

from typing import Final

from storage.data_map.entry import Entry
from storage.data_map.kinds import technical

_KEPT: Final = "7 days"

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "unknown_texts": {
        "day": technical("a day", _KEPT),
        "count": technical("how many texts the bot had no answer to on that day", _KEPT),
    },
}
