"""What people's rights need: requests, receipts, details, pages of their own, mail."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import (
    ID,
    access,
    case,
    delivery,
    detail,
    link,
    outbox,
    person,
    technical,
)

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "cases": {
        "case_id": case("a random number of this request", Form.RANDOM_ID, exported=False),
        "number": case("the number of your request"),
        "person_id": case(ID, Form.RANDOM_ID, exported=False),
        "kind": case("what you asked for"),
        "status": case("how far your request is"),
        "opened_at_ms": case("when you asked"),
        "due_at_ms": case("when you get an answer at the latest"),
        "answer": case("what we answered, until it has reached you", Form.SEALED),
        "claimed_by": case(
            "which admin works on your request, by number", exported=False, why="shares the work"
        ),
    },
    "erasures": {
        "person_id": person(ID, Form.RANDOM_ID),
        "receipt_hash": person("a hash of your receipt's number", Form.KEYED_HASH),
        "ordered_at_ms": person(
            "when you asked for everything to be erased", Form.CLEAR, why="orders erasures"
        ),
    },
    "receipts": {
        "receipt_hash": technical("a hash of a receipt's number, which only its holder knows"),
        "kind": technical("what the receipt is for"),
        "ordered_at_ms": technical("when that was asked for"),
        "done_at_ms": technical("when it was done"),
    },
    "details": {
        "person_id": detail(ID, Form.RANDOM_ID, exported=False),
        "field": detail("what kind of detail it is", Form.CLEAR, why="finds it again"),
        "value": detail("the detail as you gave it", Form.SEALED),
        "given_at_ms": detail("when you gave it", Form.CLEAR, why="tells you its age"),
        "verified_at_ms": detail(
            "when you proved that the address is yours", Form.CLEAR, why="selects who gets mail"
        ),
    },
    "codes": {
        "person_id": detail(ID, Form.RANDOM_ID, exported=False),
        "code": detail("the code we sent to your address", Form.SEALED, exported=False),
        "tries": detail("how often a code was tried", Form.CLEAR, why="ends guessing"),
        "expires_at_ms": detail(
            "until when the code is remembered", Form.CLEAR, why="selects what is over"
        ),
    },
    "links": {
        "token_hash": link("a hash of the link's secret part", Form.RANDOM_ID, exported=False),
        "person_id": link(ID, Form.RANDOM_ID, exported=False),
        "use": link("what the page is for"),
        "about": link("which detail or purpose it is about"),
        "made_at_ms": link("when the link was made"),
        "expires_at_ms": link("until when it works"),
        "spent_at_ms": link("when it was used"),
    },
    "accesses": {
        "access_id": access("a random number of this look", Form.RANDOM_ID, exported=False),
        "person_id": access(ID, Form.RANDOM_ID, exported=False),
        "role": access("who looked at your data, by role"),
        "act": access("what was looked at"),
        "at_ms": access("when it was looked at"),
        "told_at_ms": access("when you were told of it"),
    },
    "deliveries": {
        "delivery_id": delivery("a random number of this message", Form.RANDOM_ID),
        "person_id": delivery(ID, Form.RANDOM_ID, exported=False),
        "purpose_id": delivery("what the broadcast was about"),
        "lane": delivery("the way by which it went"),
        "outcome": delivery("whether it reached you"),
        "at_ms": delivery("when it was sent"),
        "run_id": delivery("a random number of one sending", Form.RANDOM_ID, exported=False),
        "due_at_ms": delivery("when it may leave", exported=False),
        "expires_at_ms": delivery("until when it is of use", exported=False),
    },
    "mails": {
        "mail_id": outbox("a random number of the mail", Form.RANDOM_ID),
        "person_id": outbox(ID, Form.RANDOM_ID),
        "case_id": outbox("a random number of the request it answers", Form.RANDOM_ID),
        "access_id": outbox("a random number of the look it tells of", Form.RANDOM_ID),
        "delivery_id": outbox("a random number of this message", Form.RANDOM_ID),
        "notice_id": outbox("a random number of the notice of a breach it is", Form.RANDOM_ID),
        "body": outbox("the mail we write to you", Form.SEALED),
        "due_at_ms": outbox("when it may leave"),
        "expires_at_ms": outbox("until when it is of use"),
        "attempts": outbox("how often it was tried"),
        "claimed_until_ms": outbox("until when one process sends it"),
    },
    "restores": {
        "file_hash": technical("a hash of an export's random number, so that it counts once"),
        "restored_at_ms": technical("when it was handed back"),
    },
}
