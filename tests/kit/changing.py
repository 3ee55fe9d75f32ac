"""A site whose notice changes: one Messenger, and bots that run one after the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import running
from bot.clock import MovableClock
from bot.policy.publishing import Publisher
from bot.simulator import Simulator
from storage.db.policy_tables import policy_tellings
from tests.kit.chat import Chat
from tests.kit.deployment import (
    PAGE,
    Databases,
    Deployment,
    free_port,
    make_settings,
    messenger_for,
)

OLD = {"id": "news", "class": "marketing", "title": "Club news", "text": "News, twice a month."}
CHANGED = OLD | {"text": "News and offers of our partners, twice a week."}
NEW = {"id": "offers", "class": "marketing", "title": "Offers", "text": "Offers of our partners."}
PARTNER = {"name": "Print Shop", "role": "printing", "country": "CH", "purposes": ["news"]}
BEFORE = {"purposes": [OLD]}
AFTER = {"purposes": [CHANGED, NEW], "recipients": [PARTNER]}


def _hour(now: datetime, hour: int) -> datetime:
    """Return the next time at which it is that hour."""
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


@dataclass
class Site:
    """One Messenger and one database, on which bots run one after the other."""

    databases: Databases
    simulator: Simulator
    clock: MovableClock
    port: int

    @asynccontextmanager
    async def configured(self, **sections: Any) -> AsyncIterator[Deployment]:
        """Run the bot with these settings."""
        settings = make_settings(
            self.databases, graph_url=self.simulator.graph_url, port=self.port, **sections
        )
        async with running(settings, self.clock) as bot:
            yield Deployment(settings, self.simulator, self.clock, bot, self.databases)


@asynccontextmanager
async def changing_site(folder: Path) -> AsyncIterator[Site]:
    """Run a Messenger from noon on, beside an empty database."""
    clock, port = MovableClock(), free_port()
    clock.move((_hour(clock.now(), 12) - clock.now()).total_seconds())
    async with messenger_for(port, clock) as simulator:
        yield Site(Databases.sqlite(folder), simulator, clock, port)


async def notice_of(deployment: Deployment) -> str:
    """Return the notice as a browser gets it."""
    url = f"http://127.0.0.1:{deployment.bot.port}/privacy?lang=en"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def publish(deployment: Deployment, *, at: datetime | None = None) -> int:
    """Publish what is configured, as an owner does, in force at once or later."""
    store = deployment.bot.store
    publisher = Publisher(store, deployment.clock, deployment.bot.terms.configured)
    async with store.write() as tx:
        draft = await publisher.begin(tx, by="A-1")
        if at is not None:
            later = publisher.starting(draft, round(at.timestamp() * 1000))
            draft = await publisher.edit(tx, draft, later, by="A-1")
        number = await publisher.publish(tx, draft, by="A-1")

    async def is_known() -> bool:
        return deployment.bot.terms.newest == number

    await deployment.until(is_known)
    return number


async def consenting(deployment: Deployment) -> Chat:
    """Somebody who gets the club's news."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears("May we send you this?")
    await chat.taps("Yes")
    await chat.hears("You get: Club news.")
    return chat


def move_to(deployment: Deployment, hour: int, *, days: int = 0) -> None:
    """Let it be that hour, so many days on."""
    now = deployment.clock.now()
    at = _hour(now, hour) + timedelta(days=days)
    deployment.clock.move((at - now).total_seconds())


async def told_of(deployment: Deployment, psid: str) -> list[tuple[int, str, bool, str | None]]:
    """Return the record of what a person was told: number, way, whether it arrived, answer."""
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, psid)
    async with store.read() as tx:
        person = (await store.people.find(tx, [lookup]))[lookup]
        mine = policy_tellings.c.person_id == person
        rows = (await tx.execute(policy_tellings.select().where(mine))).all()
    return [(row.number, row.lane, row.told_at_ms is not None, row.answer) for row in rows]
