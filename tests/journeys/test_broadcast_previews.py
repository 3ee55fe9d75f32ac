"""Whom a draft would reach: where they are many, they are counted beside the chat."""

from dataclasses import replace

import pytest

from bot.broadcasts.errors import NoSuchBroadcast
from bot.broadcasts.previews import Previews
from storage import PersonId
from storage.broadcasts.records import Broadcast
from tests.kit.admins import first_owner
from tests.kit.broadcasting import DRAFT, NOW, Broadcasting
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment


async def test_many_are_counted_beside_the_chat(deployment: Deployment) -> None:
    """The admin's turn does not wait for it; the numbers come by themselves and hold a while."""
    previews, draft, owner = await _asking(deployment)
    person, store = await _person_of(deployment, owner), deployment.bot.store
    async with store.read() as tx:
        assert await previews.look(tx, draft, NOW, person) is None
    await previews.count_asked()
    await owner.hears_among("2 now")
    async with store.read() as tx:
        seen = await previews.look(tx, draft, NOW, person)
    assert seen is not None
    assert seen.reached == 2


async def test_a_draft_that_cannot_be_counted_holds_up_no_other(deployment: Deployment) -> None:
    """One that is gone by then is let go, and not tried for ever before the others."""
    previews, draft, owner = await _asking(deployment)
    person = await _person_of(deployment, owner)
    async with deployment.bot.store.read() as tx:
        assert await previews.look(tx, draft, NOW, person) is None
        assert await previews.look(tx, replace(draft, number=99), NOW, person) is None
    with pytest.raises(NoSuchBroadcast):
        await previews.count_asked()
    await previews.count_asked()
    await owner.hears_among("2 now")


async def _asking(deployment: Deployment) -> tuple[Previews, Broadcast, Chat]:
    """Return previews for which one person is few, a draft for two, and an admin's chat."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    await on.reader()
    await on.reader()
    await owner.signs_in()
    number = await on.desk.draft(DRAFT, now_ms=on.now_ms)
    previews = Previews(on.desk.acts, deployment.clock, lambda: None, at_once=1)
    return previews, await on.desk.show(number), owner.chat


async def _person_of(deployment: Deployment, chat: Chat) -> PersonId:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        return (await store.people.find(tx, [lookup]))[lookup]
