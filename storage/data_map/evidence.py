"""Proof that stays for a while after an erasure, where the controller has to keep it."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form


def _proof(holds: str, form: Form, why: str = "") -> Entry:
    purpose, kept = (
        "to prove what was agreed to, after an erasure too",
        "as many days as the notice names",
    )
    return Entry(holds, purpose, Basis.INTEREST, kept, form, Erased.WHEN_DUE, why_clear=why)


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "evidence": {
        "consent_id": _proof("a random number of this record", Form.RANDOM_ID),
        "leaf_index": _proof(
            "which line of the ledger is about it", Form.CLEAR, "finds the proof again"
        ),
        "key_day": _proof("the day whose key seals it", Form.CLEAR, "finds that key"),
        "opening": _proof("what opens that line in the ledger", Form.SEALED),
        "due_at_ms": _proof("when it is deleted", Form.CLEAR, "selects what is due"),
    },
}
