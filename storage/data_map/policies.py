"""Versions of the notice: what was published, and who was told of it."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form
from storage.data_map.kinds import ID, technical

_STAYS: Final = "as long as the service runs"


def _telling(holds: str, form: Form = Form.CLEAR, *, exported: bool = True) -> Entry:
    """Describe what is kept of somebody being told of a new version."""
    why = "tells who still has to be told" if form is Form.CLEAR else ""
    purpose, kept = "to tell you when this notice changes", "as long as we know you"
    return Entry(holds, purpose, Basis.DUTY, kept, form, Erased.WITH_PERSON, exported, why)


TABLES: Final[dict[str, dict[str, Entry]]] = {
    "policies": {
        "number": technical("the number of a version of this notice", _STAYS),
        "words_hash": technical("a hash of its words in every language", _STAYS),
        "facts": technical("the purposes, recipients and times it names", _STAYS),
        "asks_again": technical("which purposes it asks about anew", _STAYS),
        "published_by": technical("the number of the admin who published it", _STAYS),
        "published_at_ms": technical("when it was published", _STAYS),
        "in_force_from_ms": technical("from when on it holds", _STAYS),
        "begun_at_ms": technical("when it began to hold", _STAYS),
    },
    "policy_texts": {
        "text_hash": technical("a hash of a text of this notice", _STAYS),
        "text": technical("that text", _STAYS),
    },
    "policy_languages": {
        "number": technical("the number of a version of this notice", _STAYS),
        "language": technical("a language it is written in", _STAYS),
        "text_hash": technical("a hash of a text of this notice", _STAYS),
    },
    "policy_purposes": {
        "purpose_id": technical("a purpose this notice named", _STAYS),
        "is_named": technical("whether it names it now", _STAYS),
        "asked_anew_at_ms": technical("before when a yes to it counts no more", _STAYS),
        "asked_anew_by": technical("which version asked about it anew", _STAYS),
    },
    "policy_drafts": {
        "number": technical("the number of a version of this notice"),
        "revision": technical("how often it was edited"),
        "words_hash": technical("a hash of its words in every language"),
        "facts_hash": technical("a hash of what it names"),
        "in_force_from_ms": technical("from when on it holds"),
        "asks_again": technical("which purposes it asks about anew"),
        "edited_by": technical("the number of the admin who edited it last"),
        "edited_at_ms": technical("when it was edited"),
    },
    "policy_tellings": {
        "person_id": _telling(ID, Form.RANDOM_ID, exported=False),
        "number": _telling("which version of this notice you were to be told of"),
        "telling_id": _telling("a random number of that message", Form.RANDOM_ID, exported=False),
        "lane": _telling("the way by which you were told"),
        "told_at_ms": _telling("when you were told"),
        "answer": _telling("what you answered"),
        "answered_at_ms": _telling("when you answered"),
    },
}
