"""The notice changes: what was published holds until an owner publishes, and then people hear."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.changing import (
    AFTER,
    BEFORE,
    PARTNER,
    Site,
    changing_site,
    consenting,
    move_to,
    notice_of,
    publish,
    told_of,
)
from tests.kit.mail_server import MailServer, text_of


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A Messenger at noon, and an empty database."""
    async with changing_site(tmp_path) as made:
        yield made


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


async def test_nobody_is_told_in_the_middle_of_a_question(site: Site) -> None:
    """Their window is open, but they are choosing something: it comes once they have."""
    async with site.configured(**BEFORE) as deployment:
        chat = await consenting(deployment)
        await chat.says("withdraw")
        await chat.hears("What shall end?")
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        other = await consenting(deployment)
        await publish(deployment)
        await other.hears("Our notice on your data has changed.")
        assert await told_of(deployment, chat.psid) == []
        await chat.says("cancel")
        await chat.hears()
        await chat.hears("Our notice on your data has changed.")


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
        await deployment.settles()
        assert await told_of(deployment, chat.psid) == []
        move_to(deployment, 8)
        await chat.hears("Our notice on your data has changed.")
        await deployment.settles()
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
        await deployment.settles()
        await chat.says("my data")
        first = await chat.hears("Page 1 of 2.")
        assert "Print Shop" in first.text
        await chat.says("2")
        said = await chat.hears("WHAT WE TOLD YOU ABOUT THIS NOTICE")
        assert "when you were told" in said.text


async def test_whoever_proved_an_address_is_told_there_when_the_window_is_closed(
    tmp_path: Path,
) -> None:
    """With what changed and the words that do something about it; and that is on record."""
    async with MailServer() as server, changing_site(tmp_path) as site:
        mail = server.settings()
        async with site.configured(**BEFORE, mail=mail) as deployment:
            chat = await consenting(deployment)
            await deployment.verifies_email(chat.psid, "grace@example.org")
        async with site.configured(**BEFORE, mail=mail, recipients=[PARTNER]) as deployment:
            move_to(deployment, 12, days=2)
            await publish(deployment)

            async def is_told() -> bool:
                return await told_of(deployment, chat.psid) == [(2, "email", True, None)]

            await deployment.until(is_told)
            text = text_of(server.mails[0])
            assert "Gets data from now on: Print Shop (printing, CH)." in text
            assert "KEEP leaves all as it is" in text
            await chat.says("hello")
            await chat.hears("Hello!")
            await deployment.settles()
            assert len(chat.bubbles()) == chat.heard


async def test_whoever_restricted_their_data_hears_of_it_when_they_write(site: Site) -> None:
    """Nothing is pushed to them; the change concerns their rights, so it waits for them."""
    async with site.configured(**BEFORE) as deployment:
        quiet, open_one = await consenting(deployment), await consenting(deployment)
        await quiet.says("restrict")
        await quiet.hears()
        quiet.catches_up()
    async with site.configured(**BEFORE, recipients=[PARTNER]) as deployment:
        await publish(deployment)
        await open_one.hears("Our notice on your data has changed.")
        assert await told_of(deployment, quiet.psid) == []
        await quiet.says("thanks")
        await quiet.hears()
        await quiet.hears("Our notice on your data has changed.")
