"""How what is kept as a short code is written for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.kit.texts import _, translate
from flows.notices import KINDS, ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: By column: the same code means the same in every table.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "role": ROLES,
    "act": {
        "granted": _("Yes"),
        "refused": _("No"),
        "withdrawn": "STOP",
        "case": _("everything that is kept, to answer a request"),
    },
    "kind": KINDS,
    "status": {
        "open": _("open"),
        "waiting": _("answered, but not delivered yet"),
        "answered": _("answered"),
    },
    "lane": {
        "window": _("in this chat"),
        "email": _("by e-mail"),
        "next_contact": _("when you wrote again"),
    },
    "outcome": {
        "queued": _("on its way"),
        "sent": _("sent"),
        "waiting": _("waits until you write"),
        "undelivered": _("on its way"),
        "failed": _("nobody knows whether it arrived"),
        "unreachable": _("could not be sent"),
    },
    "answer": {"keep": _("that all stays as it is")},
}


def in_words(language: str, column: str, value: object) -> str | None:
    """Return a code in words; None where a column keeps none, or this one is not known."""
    found = _WORDS.get(column, {}).get(str(value))
    return None if found is None else translate(language, found)
