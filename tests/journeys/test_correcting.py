"""An address is proven by a code; what was given is corrected and removed."""

from collections.abc import AsyncIterator

import pytest

from storage.codes import LIFETIME_MS
from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.giving import (
    ADDRESS,
    MAIL,
    WORDS,
    Words,
    asked,
    given,
    newest_code,
    other_than,
    purposes,
    sent,
)
from tests.kit.post import letters

LANGUAGES = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot whose news needs an e-mail address."""
    async with deployed(databases, purposes=purposes("email"), mail=MAIL) as running:
        yield running


@LANGUAGES
async def test_wrong_codes_end_after_five_tries(deployment: Deployment, words: Words) -> None:
    """Each says how many are left; then also the right one counts no more, and a new one does."""
    chat, url = await asked(deployment, words)
    await sent(url, ADDRESS)
    await chat.hears()
    code = await newest_code(deployment)
    for left in (4, 3, 2, 1):
        await chat.says(other_than(code))
        await chat.hears(f": {left}.")
    await chat.says(other_than(code))
    await chat.hears(words["new_code"])
    await chat.says(code)
    await chat.hears(words["new_code"])
    deployment.clock.move(1)
    await chat.taps(words["new_code"])
    await chat.hears(words["got_it"])
    await chat.says(await newest_code(deployment, 2))
    await chat.hears(words["confirmed"])


async def test_a_code_counts_for_a_quarter_of_an_hour(deployment: Deployment) -> None:
    """After that it says so, and a new one can be had."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    deployment.clock.move(LIFETIME_MS // 1000)
    await chat.says(await newest_code(deployment))
    await chat.hears("older than 15 minutes")


async def test_three_codes_an_hour_are_the_most(deployment: Deployment) -> None:
    """Also for another address: nobody's letter box is filled through us."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    for _ in range(2):
        await chat.taps("New code")
        await chat.hears("I sent a code")
    await chat.taps("New code")
    await chat.hears("three codes an hour")
    await chat.says("correct")
    await chat.hears()
    await chat.taps("E-mail")
    await chat.hears()
    await chat.taps("Change")
    await chat.hears()
    await chat.taps("Write it here")
    await chat.hears()
    await chat.says("somebody.else@example.org")
    await chat.hears("three codes an hour")
    assert len(await letters(deployment.bot.store)) == 3


async def test_a_text_that_is_no_code_costs_no_try(deployment: Deployment) -> None:
    """Whoever asks back is told what a code looks like."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    for _ in range(6):
        await chat.says("which one?")
        await chat.hears("six digits")
    await chat.says(await newest_code(deployment))
    await chat.hears("confirmed")


@LANGUAGES
async def test_what_was_given_is_changed_and_removed(deployment: Deployment, words: Words) -> None:
    """It is shown masked; a new address is unproven; what is removed is gone."""
    chat, url = await asked(deployment, words)
    await sent(url, ADDRESS)
    await chat.hears()
    await chat.says(await newest_code(deployment))
    await chat.hears()
    await chat.says(words["correct"])
    listed = await chat.hears("a•••@•••.org")
    assert ADDRESS not in listed.text
    await chat.taps(words["e-mail"])
    await chat.hears()
    await chat.taps(words["change"])
    page = await chat.hears()
    await sent(page.buttons[0].url or "", "other@example.org")
    await chat.hears(words["got_it"])
    assert await given(deployment, chat) == {"email": ("other@example.org", False)}
    await chat.says(words["correct"])
    await chat.hears("o•••@•••.org")
    await chat.taps(words["e-mail"])
    await chat.hears()
    await chat.taps(words["remove"])
    await chat.hears(words["removed"])
    assert await given(deployment, chat) == {}


async def test_a_restricted_person_keeps_and_corrects_what_they_gave(
    deployment: Deployment,
) -> None:
    """Restriction deletes nothing and forbids no correction; lifting it takes what is unneeded."""
    chat, _ = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears()
    await chat.says("restrict")
    await chat.hears()
    await chat.says("STOP")
    await chat.hears()
    assert await given(deployment, chat) == {"email": (ADDRESS, False)}
    await chat.says("correct")
    await chat.hears("a•••@•••.org")
    await chat.says("resume")
    await chat.hears()
    assert await given(deployment, chat) == {}


async def test_correct_works_while_a_human_holds_the_thread(deployment: Deployment) -> None:
    """A human in the Page's inbox does not stand between a person and their rights."""
    chat, _ = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears()
    await deployment.simulator.page_inbox_says(chat.psid, "Hello, this is a human.")
    await chat.hears("a human")
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    await chat.says("correct")
    await chat.hears("a•••@•••.org")
    await chat.taps("E-mail")
    await chat.hears("change it")
    await chat.taps("Change")
    page = await chat.hears()
    await sent(page.buttons[0].url or "", "other@example.org")
    await chat.hears("I sent a code")
