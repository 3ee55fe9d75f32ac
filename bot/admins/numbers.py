"""/stats and /settings: how much goes on, and what is configured; no people, no secrets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.admins.command import Ask, Look, refused
from bot.clock import clock_time
from bot.settings import Settings
from flows.kit.found import Found
from storage import Transaction
from storage.figures import MOST_COUNTED, Figures

#: A smaller number could be somebody.
_LEAST: Final = 5


@dataclass(frozen=True, slots=True)
class Stats(Look):
    """Tells the newest figures."""

    settings: Settings
    newest: Callable[[], Figures | None]

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Nothing is counted here: that would make others wait."""
        del tx
        if ask.args:
            return refused("usage", usage="/stats")
        figures = self.newest()
        if figures is None:
            return Found("/stats")
        # Those nobody agrees to are told too: that a line is there must say nothing.
        purposes = {purpose.id for purpose in self.settings.purposes} | figures.consented.keys()
        told = {
            "People known": figures.people,
            **{f"Agree to {name}": figures.consented[name] for name in sorted(purposes)},
            "Said STOP, and agree to nothing": figures.stopped,
            "Restricted": figures.restricted,
            "Due for erasure": figures.due,
            "Messages and taps, 7 days": figures.events,
            "Texts I did not understand, 7 days": figures.unknown,
            "Broadcast messages, 7 days": figures.delivered,
            "Requests to the team, 7 days": figures.cases,
            "Requests not answered yet": figures.cases_open,
            "Erasures done, 7 days": figures.erased,
        }
        rows = tuple({"what": what, "value": _coarse(number)} for what, number in told.items())
        return Found("/stats", rows=rows, facts={"at": clock_time(figures.at_ms)})


@dataclass(frozen=True, slots=True)
class ShowSettings(Look):
    """Tells what is configured."""

    settings: Settings

    async def prepare(self, tx: Transaction, ask: Ask) -> Found:
        """Name each setting that is told here; whatever is not named stays untold."""
        del tx
        if ask.args:
            return refused("usage", usage="/settings")
        told = _told(self.settings)
        rows = tuple({"what": what, "value": value} for what, value in told.items())
        return Found("/settings", rows=rows)


def _coarse(number: int) -> str:
    if number < _LEAST:
        return f"fewer than {_LEAST}"
    return f"{number} or more" if number >= MOST_COUNTED else str(number)


def _told(settings: Settings) -> dict[str, str]:
    keep, pace = settings.retention, settings.pace
    purposes = (
        f"{one.id} ({one.klass}{', needs ' + ' and '.join(one.needs) if one.needs else ''})"
        for one in settings.purposes
    )
    recipients = (f"{one.name} ({one.role}, {one.country})" for one in settings.recipients)
    return {
        "Environment": settings.environment,
        "Pages": ", ".join(f"{page.name} ({page.id})" for page in settings.pages),
        "Languages": f"{', '.join(settings.languages.offered)}; else {settings.languages.default}",
        "Purposes": ", ".join(purposes) or "none",
        "Recipients beside Meta": ", ".join(recipients) or "none",
        "Least age": str(settings.age.minimum or "not asked"),
        "Strangers are erased after": f"{keep.stranger_hours} hours",
        "After the last withdrawal": f"{keep.withdrawn_days} days",
        "After silence": f"{keep.inactive_months} months",
        "Not asked again for": f"{keep.reask_days} days",
        "Deliveries become counts after": f"{keep.deliveries_days} days",
        "Pages of one's own are open": f"{keep.export_hours} hours",
        "Sign-ins of admins stay": f"{keep.sign_in_days} days",
        "Proof of consents after an erasure": f"{keep.consent_evidence_days} days",
        "Pace": f"{pace.answers_per_s} answers and {pace.broadcasts_per_s} broadcasts a second",
        "Mail": "yes" if settings.mail else "no",
    }
