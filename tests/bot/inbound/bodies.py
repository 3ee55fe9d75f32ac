"""Makes the bodies that tests take apart."""

import json
from typing import Any

from bot.inbound.events import Parsed, parse_body

PAGE_ID = "555000111"


def an_item(mid: str = "m_1", **more: Any) -> dict[str, Any]:
    """Return an item in which somebody says hello."""
    return {
        "sender": {"id": "7001"},
        "recipient": {"id": PAGE_ID},
        "timestamp": 1795430399900,
        "message": {"mid": mid, "text": "hello"},
        **more,
    }


def a_body(*items: Any, channel: str = "messaging", page_id: Any = PAGE_ID) -> bytes:
    """Return a body with one entry."""
    return json.dumps({"object": "page", "entry": [{"id": page_id, channel: items}]}).encode()


def parsed_from(*items: Any, channel: str = "messaging") -> Parsed:
    """Return what such a body becomes."""
    return parse_body(a_body(*items, channel=channel))
