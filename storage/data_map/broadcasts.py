"""What is sent to many: what an organisation wrote, how far it is, and who had their turn."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import ID, delivery, technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "broadcasts": {
        "number": technical("the number of a broadcast"),
        "page_id": technical("a Page of the organisation"),
        "purpose_id": technical("what it is about"),
        "kind": technical("a part of what the team wrote for everybody"),
        "title": technical("a part of what the team wrote for everybody"),
        "content": technical("a part of what the team wrote for everybody"),
        "cron": technical("when that is sent"),
        "zone": technical("when that is sent"),
        "is_local": technical("when that is sent"),
        "is_urgent": technical("when that is sent"),
        "useful_ms": technical("until when it is of use"),
        "state": technical("how far it is"),
        "reason": technical("why nothing is sent for it"),
        "picture_id": technical("the number of its picture at Meta"),
        "next_at_ms": technical("when that is sent"),
        "made_by": technical("the number of the admin who wrote it"),
        "made_at_ms": technical("when it was set up"),
        "is_for_many": technical(
            "whether it was let go for more people than one admin may send to"
        ),
    },
    "runs": {
        "run_id": technical("a random number of one sending"),
        "number": technical("the number of a broadcast"),
        "occurs_at_ms": technical("when that is sent"),
        "expires_at_ms": technical("until when it is of use"),
        "state": technical("how far it is"),
        "made_up_to": technical(
            "how far its list is made, as the last random number on it", "until it is handled"
        ),
        "started_at_ms": technical("when that is sent"),
        "ended_at_ms": technical("when that is sent"),
    },
    "run_counts": {
        "run_id": technical("a random number of one sending"),
        "lane": technical("the way by which it went"),
        "outcome": technical("what came of it"),
        "count": technical("for how many"),
    },
    "frequency": {
        "person_id": delivery(ID, Form.RANDOM_ID, exported=False),
        "purpose_id": delivery("what the broadcast was about"),
        "delivery_id": delivery("a random number of this message", Form.RANDOM_ID, exported=False),
        "at_ms": delivery("when it was sent"),
    },
}
