"""Admins: how somebody becomes one, proves it, acts, and is none any more."""

import aiohttp

from tests.kit.admins import admin, claimed, first_owner, set_up
from tests.kit.deployment import Deployment


async def test_an_owner_is_made_asks_and_acts(deployment: Deployment) -> None:
    """From the code of the server to an act with a code of the app, and its line in the ledger."""
    owner = await first_owner(deployment)
    await owner.chat.says("/status")
    await owner.chat.hears("You: A-1, owner")
    await owner.chat.says("/audit")
    await owner.chat.hears("six digits")
    await owner.proves()
    told = await owner.chat.hears("A-1 owner: admin claim A-1")
    assert told.text.startswith("You are signed in until")
    assert [offered.title for offered in told.quick_replies] == ["/help"]
    viewer = await claimed(deployment, "viewer")
    await viewer.hears("You are admin A-2")
    await owner.chat.says("/admin revoke a2")
    await owner.chat.hears("A-2, viewer, is to be no admin any more.")
    await owner.proves()
    await owner.chat.hears("A-2 is no admin any more")
    await viewer.hears("You are no admin of this Page any more")
    await owner.chat.says("/audit")
    await owner.chat.hears("A-1 owner: admin revoke A-2")


async def test_help_is_one_bubble_and_tells_more_of_a_word(deployment: Deployment) -> None:
    """What stands behind a word is told when it is asked for, to whom it is allowed."""
    owner, viewer = await first_owner(deployment), await admin(deployment, "viewer")
    for who, knows in ((owner, True), (viewer, False)):
        await who.chat.says("/help")
        told = await who.chat.hears("You may type:")
        assert "/cases: what people asked the team." in told.text
        assert ("More: /help cases" in told.text) is knows
        await who.chat.says("/help /cases")
        told = await who.chat.hears("/cases: what people asked the team.")
        assert ("/cases answer" in told.text) is knows
        assert "/status" not in told.text


async def test_others_set_up_their_app_on_a_page_that_shows_it_once(
    deployment: Deployment,
) -> None:
    """A preview sees no secret, the form shows it once, and its codes count."""
    await first_owner(deployment)
    chat = await claimed(deployment, "viewer")
    url = (await chat.hears("opens a page that works once")).buttons[0].url or ""
    async with aiohttp.ClientSession() as session:
        for _look in range(2):
            async with session.get(url) as answer:
                assert answer.status == 200
                assert "<code>" not in await answer.text()
        chat.rewinds()
        viewer = await set_up(deployment, chat)
        for again in (session.get(url), session.post(url)):
            async with again as answer:
                assert answer.status == 410
    await viewer.signs_in()
    await chat.says("/enroll")
    await chat.hears("set up already")


async def test_only_the_first_owner_needs_the_server(deployment: Deployment) -> None:
    """Whoever else claims a code before an owner is set up has a page too."""
    viewer = await set_up(deployment, await claimed(deployment, "viewer"))
    await viewer.signs_in()
    first = await claimed(deployment, "owner")
    await first.hears("chatmagico admin enroll")
    await set_up(deployment, await claimed(deployment, "owner"))
