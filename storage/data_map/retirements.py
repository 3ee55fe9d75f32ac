"""Pages whose bot ends: counts and times, and nobody's name."""

from typing import Final

from storage.data_map.entry import Entry
from storage.data_map.kinds import technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "retirements": {
        "page_id": technical("a Page whose bot ends or has ended"),
        "ordered_by": technical("whether the operator ordered that, or Messenger's word began it"),
        "number": technical("the number under which its end is proven"),
        "ordered_at_ms": technical("when it was ordered"),
        "due_at_ms": technical("when it begins"),
        "begun_at_ms": technical("when it began"),
        "people": technical("how many people were erased for it"),
        "told": technical("for how many of them a last message was put on its way"),
        "requests": technical("how many requests that waited for an answer went with them"),
        "at_messenger": technical("whether Messenger posts and shows nothing of it any more"),
        "done_at_ms": technical("when nothing of it was left"),
    },
}
