"""What is sent to many: what an organisation wrote, how far it is, and who had their turn."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import ID, delivery, technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "broadcasts": {
        "number": technical("the number of a broadcast"),
        "page_id": technical("the Page it is sent from"),
        "purpose_id": technical("what it is about"),
        "kind": technical("service or marketing"),
        "title": technical("what the team calls it"),
        "content": technical("what it says to everybody"),
        "cron": technical("on which days and hours it is repeated"),
        "zone": technical("whose clock these go by"),
        "is_local": technical("whether everybody gets it at an hour of their own"),
        "is_urgent": technical("whether it may come at night"),
        "useful_ms": technical("for how long it is of use"),
        "state": technical("how far it is"),
        "reason": technical("why it is paused"),
        "picture_id": technical("the number of its picture at Meta"),
        "next_at_ms": technical("when it is sent next"),
        "made_by": technical("the number of the admin who wrote it"),
        "made_at_ms": technical("when it was written"),
    },
    "runs": {
        "run_id": technical("a random number of one sending"),
        "number": technical("the broadcast it belongs to"),
        "occurs_at_ms": technical("when it was due"),
        "expires_at_ms": technical("until when it is of use"),
        "state": technical("how far it is"),
        "made_up_to": technical(
            "how far its list is made, as the last random number on it", "until the list is made"
        ),
        "started_at_ms": technical("when it began"),
        "ended_at_ms": technical("when it ended"),
    },
    "run_counts": {
        "run_id": technical("a random number of one sending"),
        "lane": technical("a way by which it went"),
        "outcome": technical("what came of it"),
        "count": technical("for how many"),
    },
    "frequency": {
        "person_id": delivery(ID, Form.RANDOM_ID, exported=False),
        "purpose_id": delivery("what the last broadcast was about"),
        "delivery_id": delivery("a random number of its message", Form.RANDOM_ID, exported=False),
        "at_ms": delivery("when you last had a broadcast about it"),
    },
}
