"""Entries that differ in a few words only."""

from typing import Final

from storage.data_map.entry import Basis, Entry, Erased, Form

#: What stands for a person in every table about them.
ID: Final = "a random number that stands for you"
_AS_LONG_AS_PERSON = "as long as we know you"


def person(holds: str, form: Form, *, exported: bool = False, why: str = "") -> Entry:
    """Describe what is needed to answer somebody at all."""
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    return Entry(holds, "to answer you", Basis.INTEREST, kept, form, gone, exported, why)


def consent(holds: str, form: Form, *, exported: bool = True, why: str = "") -> Entry:
    """Describe what proves a yes, a no or a withdrawal."""
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    proof = "to prove what you agreed to"
    return Entry(holds, proof, Basis.DUTY, kept, form, gone, exported, why)


def case(
    holds: str, form: Form = Form.CLEAR, *, exported: bool = True, why: str = "reminds of due dates"
) -> Entry:
    """Describe what is kept of a request."""
    kept, gone = _AS_LONG_AS_PERSON, Erased.WITH_PERSON
    clear = why if form is Form.CLEAR else ""
    return Entry(holds, "to answer your request", Basis.DUTY, kept, form, gone, exported, clear)


def detail(holds: str, form: Form, *, exported: bool = True, why: str = "") -> Entry:
    """Describe what somebody gave because a purpose needs it."""
    kept, gone = "until you remove it, or nothing needs it any more", Erased.WITH_PERSON
    purpose = "to serve what you agreed to"
    return Entry(holds, purpose, Basis.CONSENT, kept, form, gone, exported, why)


def link(holds: str, form: Form = Form.CLEAR, *, exported: bool = True) -> Entry:
    """Describe what is kept of a page that was made for one person."""
    why = "checked when the page is opened" if form is Form.CLEAR else ""
    purpose, kept = "to open a page that is yours alone", "a day longer than the link works"
    return Entry(
        holds, purpose, Basis.INTEREST, kept, form, Erased.WITH_PERSON, is_exported=exported,
        why_clear=why,
    )  # fmt: skip


def access(holds: str, form: Form = Form.CLEAR, *, exported: bool = True) -> Entry:
    """Describe what is kept of a look that somebody of the team took."""
    why = "tells who looked, by role" if form is Form.CLEAR else ""
    purpose, kept = "to show you who has looked at your data", _AS_LONG_AS_PERSON
    return Entry(holds, purpose, Basis.DUTY, kept, form, Erased.WITH_PERSON, exported, why)


def delivery(holds: str, form: Form = Form.CLEAR, *, exported: bool = True) -> Entry:
    """Describe what is kept of a broadcast that somebody was sent."""
    why = "counts a broadcast" if form is Form.CLEAR else ""
    purpose, kept = "to send nothing twice", "30 days after the broadcast"
    return Entry(holds, purpose, Basis.CONSENT, kept, form, Erased.WITH_PERSON, exported, why)


def waiting(holds: str, form: Form, gone: Erased, why: str = "") -> Entry:
    """Describe what is on its way in or out."""
    kept = "until it is handled"
    return Entry(holds, "to answer you", Basis.INTEREST, kept, form, gone, why_clear=why)


def inbox(holds: str, form: Form = Form.CLEAR, why: str = "orders and retries events") -> Entry:
    """Describe what is on its way in."""
    return waiting(holds, form, Erased.WHEN_HANDLED, why if form is Form.CLEAR else "")


def outbox(holds: str, form: Form = Form.CLEAR, why: str = "orders and retries sends") -> Entry:
    """Describe what is on its way out."""
    return waiting(holds, form, Erased.WHEN_SENT, why if form is Form.CLEAR else "")


def technical(holds: str, kept: str = "as long as the service runs") -> Entry:
    """Describe what is about nobody."""
    run = "to run the service"
    return Entry(holds, run, Basis.NONE, kept, Form.CLEAR, Erased.NEVER)
