"""The register of breaches, and who was told of one."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import ID, technical

_REGISTER = "as long as the register of breaches is kept"


def _sealed(holds: str) -> Entry:
    purpose = "to document breaches of security"
    return Entry(holds, purpose, Basis.NONE, _REGISTER, Form.SEALED, Erased.NEVER)


def _notice(holds: str, form: Form = Form.CLEAR, *, exported: bool = True) -> Entry:
    why = "finds who was not told yet" if form is Form.CLEAR else ""
    purpose, kept = "to tell you of a breach of security", "30 days after the breach was closed"
    return Entry(
        holds, purpose, Basis.DUTY, kept, form, Erased.WITH_PERSON, is_exported=exported,
        why_clear=why,
    )  # fmt: skip


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "breaches": {
        "breach_id": technical("a random number of a breach of security", _REGISTER),
        "number": technical("its number in the register", _REGISTER),
        "aware_at_ms": technical("when we became aware of it", _REGISTER),
        "opened_at_ms": technical("when it was entered in the register", _REGISTER),
    },
    "breach_lines": {
        "seq": technical("in which order it was written", _REGISTER),
        "line_id": technical("a random number of this line", _REGISTER),
        "breach_id": technical("a random number of a breach of security", _REGISTER),
        "field": technical("what the line is about", _REGISTER),
        "value": _sealed("what was written about a breach of security"),
        "author": technical("who wrote it, by role and number", _REGISTER),
        "at_ms": technical("when it was written", _REGISTER),
    },
    "breach_reminders": {
        "breach_id": technical("a random number of a breach of security", _REGISTER),
        "hours": technical("after how many hours somebody was reminded", _REGISTER),
        "reminded_at_ms": technical("when somebody was reminded", _REGISTER),
    },
    "breach_tellings": {
        "telling_id": technical("a random number of a round of telling people", _REGISTER),
        "breach_id": technical("a random number of a breach of security", _REGISTER),
        "plan": _sealed("what people are told of it, and on which Pages"),
        "people": technical("how many people were to be told", _REGISTER),
        "begun_at_ms": technical("when that round began", _REGISTER),
        "all_chosen_at_ms": technical("when everybody had a notice", _REGISTER),
    },
    "breach_notices": {
        "notice_id": _notice("a random number of this notice", Form.RANDOM_ID, exported=False),
        "telling_id": _notice("a random number of the round", Form.RANDOM_ID, exported=False),
        "person_id": _notice(ID, Form.RANDOM_ID, exported=False),
        "number": _notice("the number of the notice of a breach"),
        "lane": _notice("the way by which that notice goes"),
        "outcome": _notice("how far that notice is"),
        "reason": _notice("why it is that way", exported=False),
        "at_ms": _notice("since when it is so"),
    },
}
