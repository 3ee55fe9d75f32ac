"""What is brought to a flow that asked for it: what is held, cases, links, results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is held about a person; all texts in the person's language."""

    category: str
    label: str
    #: Formatted for people.
    value: str
    purpose: str
    basis: str
    #: How long it stays.
    kept: str
    #: "provided", "observed" or "derived".
    origin: str
    #: Who else gets it; empty for nobody.
    recipients: str = ""
    #: Stands for so many older entries of this category, which are not listed.
    older: int = 0


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A request that could not be answered at once."""

    number: str
    #: "human", "complain" or "object".
    kind: str
    #: "open", "waiting" (for contact) or "answered".
    status: str
    opened_on: date
    due_on: date
    #: The answer that waits, and by what to name its case when it is handed out.
    answer: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What an effect of the same turn brought, or what ended outside the chat."""

    #: Which flow goes on with it: the one that has an arrow for it, `on_found(what)`.
    what: str
    items: tuple[Item, ...] = ()
    cases: tuple[CaseFacts, ...] = ()
    #: Of the case, or of the receipt.
    number: str = ""
    due_on: date | None = None
    #: Where the proof of a receipt stands, or the page that was made for the person.
    url: str = ""
    #: Whatever else the flow needs to know, by name.
    facts: Mapping[str, str] = field(default_factory=dict)
    #: Entries of a list, each with its facts.
    rows: tuple[Mapping[str, str], ...] = ()

    def fact(self, name: str) -> str:
        """Return one of the facts; empty where it was not told."""
        return self.facts.get(name, "")


#: What looks like a command was none, or not by an admin: the event is taken as ordinary words.
NOT_A_COMMAND: Final = Found("not_a_command")
#: What a turn without anything found is given.
NOTHING: Final = Found("")
