"""What has to be known of a breach, and which draft cannot be made without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

#: For the authority (Art. 33(3) GDPR), for people (Art. 34(2)), for Meta, for everybody, and the
#: register itself (Art. 33(5)), which has to be complete before an entry is closed.
Draft = Literal["authority", "people", "meta", "public", "register"]
DRAFTS: Final[tuple[Draft, ...]] = ("authority", "people", "meta", "public", "register")
#: What may be answered where an answer is one of a few.
CHOICES: Final = ("yes", "no", "unknown")
_MAX_COUNT_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be known."""

    name: str
    #: What it is called in drafts.
    title: str
    question: str
    #: Which drafts wait for it.
    drafts: tuple[Draft, ...]
    kind: Literal["text", "count", "choice"] = "text"
    max_chars: int = 600

    def fault_of(self, value: str) -> str | None:
        """Return what is wrong with an answer, for whoever gave it; None where it is good."""
        if not value.strip():
            return "Write something, or leave it with Back."
        if self.kind == "choice" and value not in CHOICES:
            return "Answer yes, no or unknown."
        if self.kind == "count" and not (value.isdecimal() and len(value) <= _MAX_COUNT_DIGITS):
            return "Write a whole number, as near as you know it. Corrections can follow."
        if len(value) > self.max_chars:
            return f"That has {len(value)} characters. Up to {self.max_chars} fit."
        return None


FIELDS: Final = (
    Field(
        "nature",
        "Nature of the breach",
        "What kind of breach is it? What was lost, altered, or seen by whom, and how?",
        ("authority", "meta", "register"),
    ),
    Field(
        "people_kinds",
        "Categories of people",
        "Which kinds of people does it concern? For example: people who chat with the Page.",
        ("authority", "meta"),
        max_chars=300,
    ),
    Field(
        "people_count",
        "Number of people, approximately",
        "About how many people? A number; it can be corrected later.",
        ("authority", "meta"),
        kind="count",
    ),
    Field(
        "record_kinds",
        "Categories of records",
        "Which kinds of data? For example: Messenger ids, e-mail addresses, consents.",
        ("authority", "meta"),
        max_chars=300,
    ),
    Field(
        "record_count",
        "Number of records, approximately",
        "About how many records of data? A number; it can be corrected later.",
        ("authority",),
        kind="count",
    ),
    Field(
        "contact",
        "Contact",
        "Who can be asked about it? The data protection officer, or another contact point.",
        ("authority", "people", "meta", "public"),
        max_chars=150,
    ),
    Field(
        "consequences",
        "Likely consequences",
        "What are the likely consequences for people?",
        ("authority",),
    ),
    Field(
        "measures",
        "Measures taken or proposed",
        "What was done, or is proposed, to mend it and to soften its effects?",
        ("authority", "meta"),
    ),
    Field(
        "keys_reached",
        "Keys within reach of the intruder",
        "Were the encryption keys (keys database, key file, or the running server) within reach "
        "of the intruder? Say no only where you know it.",
        ("authority", "people", "register"),
        kind="choice",
    ),
    Field(
        "plain_nature",
        "What happened, in plain words",
        "What happened? In plain words, for the people concerned.",
        ("people", "public"),
        max_chars=350,
    ),
    Field(
        "plain_consequences",
        "What it may mean for people, in plain words",
        "What may it mean for them? In plain words.",
        ("people", "public"),
        max_chars=350,
    ),
    Field(
        "plain_measures",
        "What is done and what people can do, in plain words",
        "What do you do about it, and what can they do themselves? In plain words.",
        ("people", "public"),
        max_chars=350,
    ),
    Field(
        "facts",
        "Facts",
        "For the register: the facts of the breach, with times.",
        ("register",),
    ),
    Field("effects", "Effects", "For the register: which effects did it have?", ("register",)),
    Field(
        "remedy",
        "Remedial action",
        "For the register: which remedial action was taken?",
        ("register",),
    ),
)
#: Asked only where the authority is told after 72 hours (Art. 33(1)).
LATE: Final = Field(
    "late_reason",
    "Reasons for the delay",
    "The 72 hours are over. Why is the authority told only now?",
    ("authority",),
)
BY_NAME: Final = {one.name: one for one in (*FIELDS, LATE)}
#: What people read in their own language, where somebody has translated it.
TRANSLATED: Final = ("plain_nature", "plain_consequences", "plain_measures", "contact")


def missing(draft: Draft, values: Mapping[str, str], *, is_late: bool = False) -> tuple[Field, ...]:
    """Return what a draft still waits for.

    Args:
        draft: Which one.
        values: What is known, by field.
        is_late: Whether the time to tell the authority is over.
    """
    wanted = (*FIELDS, LATE) if is_late else FIELDS
    return tuple(one for one in wanted if draft in one.drafts and one.name not in values)


def in_language(name: str, language: str) -> str:
    """Return under which name a translation of a field stands, such as "plain_nature:de"."""
    return f"{name}:{language}"
