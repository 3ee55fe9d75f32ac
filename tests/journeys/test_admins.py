"""Admins: how somebody becomes one, proves it, acts, and is none any more."""

from tests.kit.admins import claimed, first_owner
from tests.kit.deployment import Deployment


async def test_an_owner_is_made_asks_and_acts(deployment: Deployment) -> None:
    """From the code of the server to an act with a code of the app, and its line in the ledger."""
    owner = await first_owner(deployment)
    await owner.chat.says("/status")
    await owner.chat.hears("You: A-1, owner")
    await owner.chat.says("/audit")
    await owner.chat.hears("six digits")
    await owner.proves()
    await owner.chat.hears("A-1 owner: admin claim A-1")
    await owner.chat.hears("signed in until")
    viewer = await claimed(deployment, "viewer")
    await viewer.hears("You are admin A-2")
    await owner.chat.says("/admin revoke a2")
    await owner.chat.hears("A-2, viewer, is to be no admin any more.")
    await owner.proves()
    await owner.chat.hears("A-2 is no admin any more")
    await viewer.hears("You are no admin of this Page any more")
    await owner.chat.says("/audit")
    await owner.chat.hears("A-1 owner: admin revoke A-2")
