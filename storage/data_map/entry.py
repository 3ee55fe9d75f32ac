"""What is said of one thing that is kept."""

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """In what form a value reaches the disk."""

    SEALED = "sealed"
    KEYED_HASH = "keyed hash"
    RANDOM_ID = "random id"
    CLEAR = "clear"


class Basis(StrEnum):
    """The legal basis, by article of the GDPR."""

    CONSENT = "consent, Art. 6(1)(a)"
    DUTY = "legal obligation, Art. 6(1)(c)"
    INTEREST = "legitimate interests, Art. 6(1)(f)"
    NONE = "not personal data"


class Erased(StrEnum):
    """What makes a value go."""

    WITH_PERSON = "with the person: row and key"
    WHEN_HANDLED = "when it was handled, and with the person"
    WHEN_SENT = "when it was sent, and with the person"
    WITH_DAY = "with the key of its day"
    WHEN_DUE = "when its time is over: row and key"
    WHEN_TOLD = "when the recipient has confirmed it, and with the key of its day"
    NEVER = "never: it tells nothing of anybody"


@dataclass(frozen=True, slots=True)
class Entry:
    """One column, or one field inside a sealed one."""

    holds: str
    purpose: str
    basis: Basis
    kept: str
    form: Form
    erased: Erased
    #: Whether `my data` shows it and the export contains it.
    is_exported: bool = False
    #: Why it may stand in clear although it is about a person.
    why_clear: str = ""
