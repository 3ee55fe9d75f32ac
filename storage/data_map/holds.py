"""Pages that admins hold."""

from typing import Final

from storage.data_map.entry import Entry
from storage.data_map.kinds import technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "page_holds": {
        "page_id": technical("a Page for which an admin stopped what nobody asked for"),
        "held_at_ms": technical("when that was stopped"),
        "held_by": technical("which admin stopped it, by number"),
    },
}
