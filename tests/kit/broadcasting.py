"""Broadcasts in a running deployment, and an audience that agreed to them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.broadcasts.desk import Desk, Draft, desk_of
from bot.broadcasts.reporting import Report
from bot.broadcasts.schedule import Schedule
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment

#: By night too, so that no test depends on the hour at which it runs.
NOW = Schedule(is_urgent=True)
DRAFT = Draft(
    page_id=PAGE,
    purpose_id="news",
    title="The fair",
    texts={"en": "The fair is on Sunday.", "de": "Am Sonntag ist Markt."},
    made_by="admin-1",
    schedule=NOW,
)
_YES = {"en": ("news", "Yes"), "de": ("Neuigkeiten", "Ja")}


@dataclass(frozen=True)
class Broadcasting:
    """What an admin does, and what comes of it."""

    deployment: Deployment

    @property
    def desk(self) -> Desk:
        """Where broadcasts are worked on."""
        return desk_of(self.deployment.settings, self.deployment.bot.store)

    @property
    def now_ms(self) -> int:
        """The present time."""
        return self.deployment.clock.now_ms()

    async def reader(self, language: str = "en", page_id: str = PAGE) -> Chat:
        """Let somebody agree to the news."""
        chat = self.deployment.person(page_id)
        news, yes = _YES[language]
        await chat.says(news)
        await chat.hears()
        await chat.taps(yes)
        await chat.hears()
        return chat

    async def begins(self, schedule: Schedule = NOW, **changes: Any) -> int:
        """Write a broadcast and schedule it; return its number."""
        draft = replace(DRAFT, schedule=schedule, **changes)
        number = await self.desk.draft(draft, now_ms=self.now_ms)
        await self.desk.schedule(number, schedule, now_ms=self.now_ms)
        return number

    async def report(self, number: int) -> Report:
        """Return what came of a broadcast so far."""
        return await self.desk.report(number)

    async def outcomes(self, number: int) -> Mapping[tuple[str, str], int]:
        """Return how many came to what, by lane and outcome."""
        counts = (await self.report(number)).counts
        return {(one.lane, one.outcome): one.count for one in counts}

    async def is_in(self, number: int, state: str) -> bool:
        """Tell whether a broadcast is so far."""
        return (await self.desk.show(number)).state == state

    async def until(self, number: int, state: str) -> None:
        """Wait until a broadcast is so far."""
        await self.deployment.until(lambda: self.is_in(number, state))
