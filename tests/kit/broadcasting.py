"""Broadcasts in a running deployment, and an audience that agreed to them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.broadcasts.acts import Draft
from bot.broadcasts.desk import Desk, desk_of
from bot.broadcasts.reporting import Report
from bot.broadcasts.schedule import Schedule
from bot.simulator import Simulator
from storage import ConsentAct, ConsentStatus, NewPerson, PersonId, Store
from storage.inbox import DAY_MS
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


@dataclass(frozen=True)
class Reader:
    """Somebody who agreed, put into the store without a chat."""

    psid: str
    person_id: PersonId


async def readers(
    store: Store,
    simulator: Simulator,
    count: int,
    *,
    now_ms: int,
    page_id: str = PAGE,
    purpose_id: str = "news",
) -> list[Reader]:
    """Let many people be known who wrote just now and agreed to the news."""
    psids = [simulator.add_person(page_id) for _ in range(count)]
    ids = [PersonId(secrets.token_bytes(16)) for _ in psids]
    keys = await store.keyring.create(ids, now_ms=now_ms)
    new = [
        NewPerson(
            person_id=who,
            page_id=page_id,
            lookup=store.keyring.lookup(page_id, psid),
            key=keys[who],
            psid=psid,
            window_ends_at_ms=now_ms + DAY_MS,
            erase_due_at_ms=now_ms + 300 * DAY_MS,
            created_at_ms=now_ms,
        )
        for who, psid in zip(ids, psids, strict=True)
    ]
    acts = [(ConsentAct(who, purpose_id, "granted", now_ms - 1_000), True) for who in ids]
    standing = {(who, purpose_id): ConsentStatus(granted_at_ms=now_ms - 1_000) for who in ids}
    async with store.write() as tx:
        await store.people.add(tx, new)
        await store.consents.record(tx, acts, standing, now_ms=now_ms)
    for psid in psids:
        known = simulator.people.find(psid)
        assert known is not None
        known.open_window(now_ms)
    return [Reader(psid, who) for psid, who in zip(psids, ids, strict=True)]
