"""The ledger: what it commits to, and what opens it again for as long as somebody is known."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import ID, consent, technical

TABLES: Final[dict[str, dict[str, Entry]]] = {
    "ledger_entries": {
        "leaf_index": technical("the number of a line in the ledger"),
        "kind": technical("what a line in the ledger is about, without whom"),
        "day": technical("the day on which a line in the ledger was written"),
        "commitment": technical("a keyed hash of what a line stands for"),
    },
    "ledger_nodes": {
        "number": technical("the number of a hash above the lines of the ledger"),
        "hash": technical("a hash of the hashes below it"),
    },
    "ledger_heads": {
        "size": technical("how many lines the ledger had"),
        "peaks": technical("the topmost hashes at that size"),
    },
    "ledger_openings": {
        "consent_id": consent("a random number of this record", Form.RANDOM_ID, exported=False),
        "person_id": consent(ID, Form.RANDOM_ID, exported=False),
        "leaf_index": consent(
            "which line of the ledger is about it", Form.CLEAR, why="finds the proof again"
        ),
        "opening": consent("what opens that line in the ledger", Form.SEALED, exported=False),
    },
    "ledger_receipts": {
        "leaf_index": technical("which line of the ledger is about a receipt"),
        "receipt_hash": technical("a hash of a receipt's number, which only its holder knows"),
        "opening": technical("what opens that line: the same hash, and when it was"),
    },
}
