"""What is kept until other recipients have confirmed that an erasure reached them."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import technical


def _telling(holds: str, form: Form, why: str = "") -> Entry:
    purpose = "to tell others who got your data that it is erased"
    kept = "until each has confirmed it, 30 days at most"
    return Entry(holds, purpose, Basis.DUTY, kept, form, Erased.WHEN_TOLD, why_clear=why)


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "tellings": {
        "telling_id": _telling(
            "a random number of this message to a recipient, and a new one once it has confirmed",
            Form.RANDOM_ID,
        ),
        "receipt_hash": technical("a hash of a receipt's number, which only its holder knows"),
        "recipient": technical("which recipient is told of an erasure"),
        "state": technical("how far a recipient is told"),
        "key_day": _telling("the day whose key seals it", Form.CLEAR, "finds that key"),
        "body": _telling("your Messenger id and the Page's, for that recipient", Form.SEALED),
        "erased_at_ms": technical("when an erasure was passed on first"),
        "due_at_ms": technical("when a recipient is told next"),
        "expires_at_ms": technical("until when a recipient is told again"),
        "attempts": technical("how often a recipient was told"),
        "claimed_until_ms": technical("until when one process alone tells a recipient"),
        "settled_at_ms": technical("when a recipient confirmed, or was given up"),
    },
}
