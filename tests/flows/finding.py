"""What the product would find for a person: their data, their cases, a receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flows.kit.effects import (
    CheckCode,
    Effect,
    EraseMe,
    KeepDetail,
    LookUp,
    MakeLink,
    OpenCase,
    ProveAct,
    RemoveDetail,
    RunCommand,
    SendCode,
    SendExport,
    TakeFile,
    TellNews,
    WantDetail,
)
from flows.kit.found import NOT_A_COMMAND, CaseFacts, Found, Item

OPENED = date(2026, 11, 2)
DUE = date(2026, 12, 2)
CODE = "123456"

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
    #: What was given, by name; an address counts as confirmed once its code was right.
    details: dict[str, str] = field(default_factory=dict)
    is_confirmed: bool = False
    tries_left: int = 5
    #: What the next commands of an admin find, in order; with nothing left they are no commands.
    commands: list[Found] = field(default_factory=list)
    #: How often the person's data was looked up.
    looks: int = 0
    #: How much news waits.
    waiting_news: int = 0

    def find(self, effect: Effect) -> Found | None:
        """Answer an effect that asks; None for all others."""
        if effect == LookUp("my_data"):
            self.looks += 1
            return Found("my_data", items=self.items)
        if isinstance(effect, RunCommand | ProveAct):
            return self.commands.pop(0) if self.commands else NOT_A_COMMAND
        return self._file(effect) or self._ask(effect)

    def _file(self, effect: Effect) -> Found | None:
        match effect:
            case MakeLink(use):
                url = f"https://bot.example/{use}/T-1"
                return Found(use, url=url, facts={"hours": "24"})
            case SendExport():
                return Found("export_sent")
            case TakeFile():
                return Found("file_ordered")
            case TellNews(is_wanted):
                count, self.waiting_news = self.waiting_news, 0
                facts = {"count": str(count), "is_wanted": "yes" if is_wanted else "no"}
                return Found("news_told", facts=facts)
        return None

    def _ask(self, effect: Effect) -> Found | None:
        match effect:
            case LookUp("given_details"):
                return Found("given_details", facts=self._masked())
            case LookUp(what):
                return Found(what, cases=tuple(self.cases))
            case OpenCase(kind):
                number = f"C-{len(self.cases) + 1}"
                self.cases.append(CaseFacts(number, kind, "open", OPENED, DUE))
                return Found("case", number=number, due_on=DUE, facts={"kind": kind})
            case EraseMe():
                return Found("erasure", number="R-1", url="https://bot.example/deletion/R-1")
        return self._about_details(effect)

    def _about_details(self, effect: Effect) -> Found | None:
        match effect:
            case WantDetail(names, before, is_correction):
                wanted = [name for name in names if is_correction or name not in self.details]
                facts = {"before": before, "field": "".join(wanted[:1])}
                facts |= {"correction": "yes"} if is_correction else {}
                return Found("detail_wanted", url="https://bot.example/detail/x", facts=facts)
            case KeepDetail(name, typed):
                is_good = name != "email" or "@" in typed
                self.details |= {name: typed} if is_good else {}
                result = "kept" if is_good else "refused"
                return Found("detail_given", facts={"field": name, "result": result})
            case RemoveDetail(name):
                self.details.pop(name, None)
                return Found("detail_removed", facts={"field": name})
            case SendCode(before):
                result = "sent" if "email" in self.details else "no_address"
                return Found("code_sent", facts={"before": before, "result": result})
            case CheckCode(typed):
                return Found("code_checked", facts=self._compared(typed))
        return None

    def _compared(self, typed: str) -> dict[str, str]:
        if self.tries_left == 0:
            return {"result": "spent"}
        if typed == CODE:
            self.is_confirmed = True
            return {"result": "right"}
        self.tries_left -= 1
        return {"result": "wrong", "left": str(self.tries_left)}

    def _masked(self) -> dict[str, str]:
        confirmed = {"confirmed": "yes"} if self.is_confirmed else {}
        return dict.fromkeys(self.details, "a•••@•••.org") | confirmed
