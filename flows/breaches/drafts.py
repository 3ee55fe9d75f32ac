"""Drafts of what has to be told of a breach, as text to be read, changed and handed in by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.breaches.fields import BY_NAME, Draft, missing
from flows.breaches.words import (
    MAX_NOTICE_CHARS,
    greeting_text,
    notice_text,
    public_text,
    untranslated,
)
from flows.kit.errors import FlowError
from flows.kit.reply import length_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_EXEMPT: Final = (
    "The data was encrypted and the keys were not within reach of the intruder. Art. 34(3)(a) GDPR "
    "may apply; whether it does is for you and the authority to decide."
)
_NOT_EXEMPT: Final = {
    "yes": "The keys were within reach of the intruder, so encryption did not protect the data.",
    "unknown": "It is not known whether the keys were within reach of the intruder; they are "
    "treated as if they were.",
}
_AUTHORITY: Final = (
    ("nature", "people_kinds", "people_count", "record_kinds", "record_count"),
    ("contact",),
    ("consequences",),
    ("measures",),
)
_META: Final = (
    "nature",
    "people_kinds",
    "people_count",
    "record_kinds",
    "measures",
    "contact",
)
_REGISTER: Final = ("nature", "facts", "effects", "remedy", "keys_reached")


class DraftBlocked(FlowError):
    """A draft waits for something that nobody has written yet.

    Args:
        draft: Which one.
        titles: What it waits for.
    """

    advice = "Write what is missing, as far as it is known; corrections can follow."

    def __init__(self, draft: Draft, *, titles: tuple[str, ...]) -> None:
        super().__init__(f"The draft ({draft}) waits for: {'; '.join(titles)}")
        self.draft = draft
        self.titles = titles


class NoticeTooLong(FlowError):
    """What people are told does not fit into one Messenger message."""

    advice = "Shorten what is written in plain words, or its translation."

    def __init__(self, language: str, *, found: int) -> None:
        super().__init__(f"The notice ({language}) has {found} of {MAX_NOTICE_CHARS} characters")
        self.language = language
        self.found = found


@dataclass(frozen=True, slots=True)
class Known:
    """What drafts are made from."""

    number: str
    aware_at: datetime
    values: Mapping[str, str]
    controller: str
    languages: tuple[str, ...]
    #: Where everybody can read the public text.
    url: str
    is_late: bool


def draft_text(draft: Draft, known: Known) -> str:
    """Return a draft.

    Raises:
        DraftBlocked: Something that it needs is not known yet.
        NoticeTooLong: It is what people are told, and does not fit into one message.
    """
    require(draft, known)
    match draft:
        case "authority":
            return _authority(known)
        case "people":
            return _people(known)
        case "meta":
            return _meta(known)
        case "public":
            return _public(known)
        case _:
            return _register(known)


def require(draft: Draft, known: Known) -> None:
    """Make sure that a draft can be made.

    Raises:
        DraftBlocked: Something that it needs is not known yet.
    """
    titles = tuple(one.title for one in missing(draft, known.values, is_late=known.is_late))
    if titles:
        raise DraftBlocked(draft, titles=titles)


def notices(known: Known) -> dict[str, str]:
    """Return what people are told, by language.

    Raises:
        DraftBlocked: Something that it needs is not known yet.
        NoticeTooLong: It does not fit into one message.
    """
    require("people", known)
    texts = {
        code: notice_text(code, known.values, controller=known.controller)
        for code in known.languages
    }
    for code, text in texts.items():
        if length_of(text) > MAX_NOTICE_CHARS:
            raise NoticeTooLong(code, found=length_of(text))
    return texts


def _authority(known: Known) -> str:
    heads = ("(a)", "(b)", "(c)", "(d)")
    blocks = [
        f"Notification of a personal data breach (Art. 33 GDPR), {known.number}",
        f"Controller: {known.controller}\nAware since: {_time(known.aware_at)}",
    ]
    for head, names in zip(heads, _AUTHORITY, strict=True):
        blocks.append("\n".join(f"{head} {_titled(name, known)}" for name in names))
    if known.is_late:
        blocks.append(_titled("late_reason", known))
    blocks.append(_protection(known))
    blocks.append("What is not known yet follows in phases, without undue further delay.")
    return "\n\n".join(blocks)


def _protection(known: Known) -> str:
    """Tell of the exemption of Art. 34(3)(a) only where the keys are known to be safe."""
    reached = known.values["keys_reached"]
    return _EXEMPT if reached == "no" else _NOT_EXEMPT[reached]


def _people(known: Known) -> str:
    blocks = []
    for code, text in notices(known).items():
        lacks = code != known.languages[0] and untranslated(code, known.values)
        note = " (your own words are not translated yet)" if lacks else ""
        blocks.append(f"[{code}]{note}\n{text}")
    return "\n\n".join(blocks)


def _meta(known: Known) -> str:
    head = (
        f"Report of an incident to Meta (Platform Terms, 6.b), {known.number}\n"
        f"From: {known.controller}\nAware since: {_time(known.aware_at)}"
    )
    return "\n\n".join([head, *(_titled(name, known) for name in _META)])


def _public(known: Known) -> str:
    return "\n\n".join(
        f"[{code}]\nGreeting: {greeting_text(code, url=known.url)}\n\n"
        f"{public_text(code, known.values, controller=known.controller)}"
        for code in known.languages
    )


def _register(known: Known) -> str:
    head = f"Register of breaches (Art. 33(5) GDPR), {known.number}"
    aware = f"Aware since: {_time(known.aware_at)}"
    return "\n\n".join([head, aware, *(_titled(name, known) for name in _REGISTER)])


def _titled(name: str, known: Known) -> str:
    return f"{BY_NAME[name].title}: {known.values[name]}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
