"""What the team is to be told of, and whom of it was told."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import ID, technical

#: As long as an alert stands, and so long after.
_KEPT: Final = "90 days after it was settled"


def _telling(holds: str, form: Form = Form.CLEAR) -> Entry:
    why = "tells nobody of the same twice" if form is Form.CLEAR else ""
    purpose = "to alert those who run the service"
    return Entry(
        holds, purpose, Basis.INTEREST, _KEPT, form, Erased.WITH_PERSON, why_clear=why
    )  # fmt: skip


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "alerts": {
        "alert_id": technical("a random number of the alert", _KEPT),
        "kind": technical("what it is about, such as a request that is due", _KEPT),
        "about": technical("the number of that request, Page or breach", _KEPT),
        "stage": technical("which reminder it is", _KEPT),
        "raised_at_ms": technical("when it was raised", _KEPT),
        "due_at_ms": technical("from when on the team is told", _KEPT),
        "settled_at_ms": technical("when it was settled", _KEPT),
    },
    "alert_tellings": {
        "telling_id": _telling("a random number of this note", Form.RANDOM_ID),
        "alert_id": _telling("the random number of the alert", Form.RANDOM_ID),
        "person_id": _telling(ID, Form.RANDOM_ID),
        "lane": _telling("the way by which you were told"),
        "told_at_ms": _telling("when you were told"),
    },
}
