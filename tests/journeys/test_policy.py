"""The notice changes: what was published holds until an owner publishes, and then people hear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import running
from bot.clock import MovableClock
from bot.policy.publishing import Publisher
from bot.simulator import Simulator
from storage.db.policy_tables import policy_tellings
from tests.kit.admins import admin, first_owner
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


async def test_others_hear_of_it_once_after_the_answer_to_what_they_write(site: Site) -> None:
    """Not around a rights word, not within a question; and it is on record how they were told."""
    async with site.configured(**BEFORE) as deployment:
        chat = await consenting(deployment)
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        move_to(deployment, 12, days=2)
        await publish(deployment)
        await chat.says("my data")
        await chat.hears("WHO YOU ARE HERE")
        await chat.says("withdraw")
        await chat.hears("What shall end?")
        await chat.says("the blue one")
        await chat.hears("I did not find that in the list.")
        await chat.says("cancel")
        await chat.hears()
        told = await chat.hears("Our notice on your data has changed.")
        assert "Gets data from now on: Print Shop (printing, CH)." in told.text
        assert await told_of(deployment, chat.psid) == [(2, "next_contact", True, None)]
        await chat.taps("Keep")
        await chat.hears("Noted: all stays as it is.")
        assert await deployment.granted(chat.psid) == {"news"}
        await chat.says("help")
        await chat.hears()
        assert await told_of(deployment, chat.psid) == [(2, "next_contact", True, "keep")]
        assert len(chat.bubbles()) == chat.heard


@pytest.mark.parametrize(
    ("button", "answer"), [("Withdraw", "What shall end?"), ("Delete me", "DELETE")]
)
async def test_its_other_buttons_do_what_they_say(site: Site, button: str, answer: str) -> None:
    """They lead where the words do that people may type at any time."""
    async with site.configured(**BEFORE) as deployment:
        chat = await consenting(deployment)
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        await publish(deployment)
        await chat.hears("Our notice on your data has changed.")
        await chat.taps(button)
        await chat.hears(answer)


async def test_whoever_stopped_hears_of_it_when_they_write(site: Site) -> None:
    """Nothing is pushed to them, and a notice on its way is taken back by the STOP."""
    async with site.configured(**BEFORE) as deployment:
        gone, asked = await consenting(deployment), await consenting(deployment)
        await gone.says("stop")
        await gone.hears("Done.")
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        await publish(deployment)
        await asked.hears("Our notice on your data has changed.")  # so everybody was looked at
        assert await told_of(deployment, gone.psid) == []
        await gone.says("hello")
        await gone.hears("Hello!")
        await gone.hears("Our notice on your data has changed.")
        assert await told_of(deployment, gone.psid) == [(2, "next_contact", True, None)]


async def test_nobody_is_told_at_night(site: Site) -> None:
    """Not between 21 and 8 where they live; in the morning they are, if their window is open."""
    async with site.configured(**BEFORE) as deployment:
        move_to(deployment, 21)
        chat = await consenting(deployment)
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        await publish(deployment)
        deployment.clock.move(600)
        await deployment.until(deployment.outbox_is_empty)
        assert await told_of(deployment, chat.psid) == []
        move_to(deployment, 8)
        await chat.hears("Our notice on your data has changed.")
        await deployment.until(deployment.outbox_is_empty)
        assert await told_of(deployment, chat.psid) == [(2, "window", True, None)]


async def test_a_version_that_lies_ahead_is_told_before_it_holds(site: Site) -> None:
    """Until its day the old one stays in force, and a yes to the old words counts."""
    async with site.configured(**BEFORE) as deployment:
        chat = await consenting(deployment)
    async with site.configured(**AFTER) as deployment:
        before = await notice_of(deployment)
        at = deployment.clock.now() + timedelta(days=7)
        await publish(deployment, at=at)
        told = await chat.hears("Our notice on your data has changed.")
        assert "From then on your yes to this counts no more: Club news." in told.text
        assert await notice_of(deployment) == before
        assert await deployment.granted(chat.psid) == {"news"}
        deployment.clock.move(8 * 86_400)

        async def is_in_force() -> bool:
            return deployment.bot.terms.published.number == 2

        await deployment.until(is_in_force)
        assert "Print Shop" in await notice_of(deployment)
        assert await deployment.granted(chat.psid) == set()


async def test_people_see_what_they_were_told_of(site: Site) -> None:
    """In MY DATA, like everything else that is kept of them."""
    async with site.configured(**BEFORE) as deployment:
        chat = await consenting(deployment)
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        await publish(deployment)
        await chat.hears("Our notice on your data has changed.")
        await deployment.until(deployment.outbox_is_empty)
        await chat.says("my data")
        first = await chat.hears("Page 1 of 2.")
        assert "Print Shop" in first.text
        await chat.says("2")
        said = await chat.hears("WHAT WE TOLD YOU ABOUT THIS NOTICE")
        assert "when you were told" in said.text


async def test_an_owner_publishes_in_the_chat(site: Site) -> None:
    """From the difference to the code; the act is in the ledger, and the notice follows."""
    async with site.configured(**BEFORE) as deployment:
        owner = await first_owner(deployment)
        chat = await consenting(deployment)
    async with site.configured(**AFTER) as deployment:
        owner = replace(owner, deployment=deployment)
        await owner.chat.says("/status")
        await owner.chat.hears("the configuration says something else")
        await owner.chat.says("/policy")
        await owner.chat.hears("six digits")
        await owner.proves()
        await owner.chat.hears("Version 1 of the notice is in force")
        await owner.chat.hears("signed in until")
        await owner.chat.says("/policy diff")
        shown = await owner.chat.hears("+ purpose offers")
        assert "+ recipient Print Shop (printing, CH)" in shown.text
        assert "text: News, twice a month. -> News and offers" in shown.text
        await owner.chat.says("/policy draft")
        await owner.chat.hears("Asked again: news.")
        await owner.chat.says("/policy from yesterday")
        await owner.chat.hears("Please type it like this: /policy from")
        await owner.chat.says("/policy ask lottery")
        await owner.chat.hears("Purposes: news, offers")
        await owner.chat.says("/policy publish")
        await owner.chat.hears("Version 2 of the notice is to be published.")
        await owner.proves()
        await owner.chat.hears("Version 2 is published, in force at once.")
        await chat.hears("Our notice on your data has changed.")
        assert await deployment.granted(chat.psid) == set()
        await owner.chat.hears("Our notice on your data has changed.")
        await owner.chat.says("/audit")
        await owner.chat.hears("A-1 owner: policy publish version 2")


async def test_two_admins_mix_nothing_in_one_draft(site: Site) -> None:
    """Whoever has not seen the other's change is shown it first; a code holds for what was seen."""
    async with site.configured(**BEFORE) as deployment:
        owner = await first_owner(deployment)
        officer = await admin(deployment, "privacy officer")
    async with site.configured(**AFTER) as deployment:
        owner, officer = (replace(one, deployment=deployment) for one in (owner, officer))
        for one in (owner, officer):
            one.chat.catches_up()
            await one.signs_in()
        await owner.chat.says("/policy draft")
        await owner.chat.hears("(#1)")
        await officer.chat.says("/policy ask none")
        await officer.chat.hears("Nothing was changed: look at it first")
        await officer.chat.taps("Ask nobody again")
        await officer.chat.hears("The draft, as A-2 left it (#2)")
        await owner.chat.taps("In 7 days")
        moved = await owner.chat.hears("Nothing was changed")
        assert "Asked again: nobody." in moved.text
        assert "In force: at once." in moved.text
        await owner.chat.says("/policy publish")
        await owner.chat.hears("Asked again: nobody.")
        await officer.chat.taps("In 7 days")
        await officer.chat.hears("(#3)")
        await owner.proves()
        await owner.chat.hears("This has changed since you asked for it")
        assert deployment.bot.terms.newest == 1
        await officer.chat.says("/policy publish")
        await officer.chat.hears("not for the role privacy officer")
