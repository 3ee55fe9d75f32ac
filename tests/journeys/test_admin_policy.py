"""/policy: owners prepare and publish the notice in the chat."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.kit.admins import admin, first_owner
from tests.kit.changing import AFTER, BEFORE, Site, changing_site, consenting


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A Messenger at noon, and an empty database."""
    async with changing_site(tmp_path) as made:
        yield made


async def test_an_owner_publishes_in_the_chat(site: Site) -> None:
    """From the difference to the code; the act is in the ledger, and the notice follows."""
    async with site.configured(**BEFORE) as deployment:
        owner = await first_owner(deployment)
        chat = await consenting(deployment)
    async with site.configured(**AFTER) as deployment:
        owner = replace(owner, deployment=deployment)
        await owner.signs_in()
        await owner.chat.says("/policy")
        await owner.chat.hears("Version 1 of the notice is in force")
        await owner.chat.says("/policy diff")
        shown = await owner.chat.hears("+ purpose offers")
        assert "+ recipient Print Shop (printing, CH)" in shown.text
        assert "text: News, twice a month. -> News and offers" in shown.text
        await owner.chat.says("/policy draft")
        await owner.chat.hears("Asked again: news.")
        await owner.chat.says("/policy publish")
        await owner.chat.hears("Version 2 of the notice is to be published.")
        await owner.proves()
        await owner.chat.hears("Version 2 is published, in force at once.")
        await chat.hears("Our notice on your data has changed.")
        assert await deployment.granted(chat.psid) == set()
        await owner.chat.hears("Our notice on your data has changed.")
        await owner.chat.says("/audit")
        await owner.chat.hears("A-1 owner: policy publish version 2")


async def test_what_is_typed_wrongly_is_told_how_to_type(site: Site) -> None:
    """And `/status` says that the configuration waits, whoever asks."""
    async with site.configured(**BEFORE) as deployment:
        owner = await first_owner(deployment)
    async with site.configured(**AFTER) as deployment:
        owner = replace(owner, deployment=deployment)
        await owner.chat.says("/status")
        await owner.chat.hears("the configuration says something else")
        await owner.signs_in()
        await owner.chat.says("/policy publish")
        await owner.chat.hears("There is no draft of the notice.")
        await owner.chat.says("/policy draft")
        await owner.chat.hears("(#1)")
        for wrong in ("/policy from yesterday", "/policy from", "/policy from 2020-01-01"):
            await owner.chat.says(wrong)
            await owner.chat.hears("Please type it like this: /policy from")
        await owner.chat.says("/policy ask lottery")
        await owner.chat.hears("Purposes: news, offers")
        await owner.chat.says("/policy drop")
        await owner.chat.hears("The draft is dropped")


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
