"""The notice changes: what was published holds until an owner publishes, and then people hear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import running
from bot.clock import MovableClock
from bot.policy.publishing import Publisher
from bot.simulator import Simulator
from tests.kit.deployment import Databases, Deployment, free_port, make_settings, messenger_for

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


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A Messenger at noon, and an empty database."""
    clock, port = MovableClock(), free_port()
    clock.move((_hour(clock.now(), 12) - clock.now()).total_seconds())
    async with messenger_for(port, clock) as simulator:
        yield Site(Databases.sqlite(tmp_path), simulator, clock, port)


async def notice_of(deployment: Deployment) -> str:
    """Return the notice as a browser gets it."""
    url = f"http://127.0.0.1:{deployment.bot.port}/privacy?lang=en"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def publish(deployment: Deployment) -> int:
    """Publish what is configured, as an owner does."""
    store = deployment.bot.store
    publisher = Publisher(store, deployment.clock, deployment.bot.terms.configured)
    async with store.write() as tx:
        draft = await publisher.begin(tx, by="A-1")
        number = await publisher.publish(tx, draft, by="A-1")

    async def is_known() -> bool:
        return deployment.bot.terms.newest == number

    await deployment.until(is_known)
    return number


async def test_nothing_new_happens_before_an_owner_publishes(site: Site) -> None:
    """The published text stays, nobody is asked for what is new, and no new recipient is named."""
    async with site.configured(**BEFORE) as deployment:
        before = await notice_of(deployment)
        assert "News, twice a month." in before
    async with site.configured(**AFTER) as deployment:
        assert await notice_of(deployment) == before
        chat = deployment.person()
        await chat.says("news")
        question = await chat.hears("May we send you this?")
        assert "News, twice a month." in question.text
        await chat.taps("Yes")
        await chat.hears("You get: Club news.")
        await chat.says("my data")
        await chat.hears("Meta")
        assert deployment.bot.terms.is_stale


async def test_who_is_in_the_window_is_told_at_once_and_can_keep(site: Site) -> None:
    """Once, with what changed; the yes that is asked anew is asked for and counts again."""
    async with site.configured(**BEFORE) as deployment:
        chat = deployment.person()
        await chat.says("news")
        await chat.hears("May we send you this?")
        await chat.taps("Yes")
        await chat.hears("You get: Club news.")
    async with site.configured(**AFTER) as deployment:
        assert await deployment.has_granted(chat.psid, {"news"})
        await publish(deployment)
        assert not await deployment.granted(chat.psid)
        told = await chat.hears("Our notice on your data has changed.")
        assert "New: Offers." in told.text
        assert "Changed: Club news." in told.text
        assert "Print Shop (printing, CH)" in told.text
        assert "Your yes to this counts no more until you say it again: Club news." in told.text
        assert "Print Shop" in await notice_of(deployment)
        await chat.taps("Keep")
        asked = await chat.hears("May we send you this?")
        assert "News and offers of our partners, twice a week." in asked.text
        await chat.taps("Yes")
        await chat.hears("Offers of our partners.")
        await chat.taps("No")
        await chat.hears("You get: Club news.")
        assert await deployment.granted(chat.psid) == {"news"}
