"""What the product would find for a person: their data, their cases, a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flows.kit.effects import Effect, EraseMe, LookUp, OpenCase
from flows.kit.turn import CaseFacts, Found, Item

OPENED = date(2026, 11, 2)
DUE = date(2026, 12, 2)

LANGUAGE_ITEM = Item(
    "About you", "Language", "English", "to write to you", "your request", "48 hours", "provided"
)
CONSENT_ITEM = Item(
    category="Consents",
    label="Monthly news",
    value="yes, 2 November 2026",
    purpose="to prove it",
    basis="legal duty",
    kept="3 years",
    origin="observed",
    recipients="Example Hosting",
)


@dataclass
class Findings:
    """What is held about one person; cases are numbered in order."""

    items: tuple[Item, ...] = (LANGUAGE_ITEM, CONSENT_ITEM)
    cases: list[CaseFacts] = field(default_factory=list)
    #: How often the person's data was looked up.
    looks: int = 0

    def find(self, effect: Effect) -> Found | None:
        """Answer an effect that asks; None for all others."""
        match effect:
            case LookUp("my_data"):
                self.looks += 1
                return Found("my_data", items=self.items)
            case LookUp(what):
                return Found(what, cases=tuple(self.cases))
            case OpenCase(kind):
                number = f"C-{len(self.cases) + 1}"
                self.cases.append(CaseFacts(number, kind, "open", OPENED, DUE))
                return Found("case", number=number, due_on=DUE, facts={"kind": kind})
            case EraseMe():
                return Found("erasure", number="R-1", url="https://bot.example/deletion/R-1")
        return None
