"""/evidence: the proof of one consent, handed out once, with the person's knowledge."""

import aiohttp
import pytest

from storage.ledger.proof import read_proof
from tests.journeys.test_admin_cases import complained, signed_in
from tests.kit.admins import AdminChat
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment


async def agreed(deployment: Deployment) -> tuple[Chat, str]:
    """Let somebody ask the team who agrees to news."""
    chat, number = await complained(deployment)
    await chat.says("news")
    await chat.hears("May we send you this?")
    await chat.taps("Yes")
    await chat.hears()
    return chat, number


async def link(owner: AdminChat, number: str) -> str:
    """Ask for the proof of news; return the page's address."""
    await owner.chat.says(f"/evidence {number}")
    await owner.chat.hears_among("For which purpose?")
    await owner.chat.taps("news")
    await owner.chat.hears("A file is to prove")
    await owner.proves()
    return (await owner.chat.hears("gives out one file, once")).buttons[0].url or ""


async def test_a_proof_is_given_out_once_and_checks_offline(deployment: Deployment) -> None:
    """A preview spends nothing, the form does; the file proves the words; the person is told."""
    chat, number = await agreed(deployment)
    owner = await signed_in(deployment)
    url = await link(owner, number)
    await chat.hears("looked at your data")
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(url) as answer:
                assert answer.status == 200
        async with session.post(url) as answer:
            assert answer.content_type == "application/json"
            file = await answer.read()
        for again in (session.get(url), session.post(url)):
            async with again as answer:
                assert answer.status == 404
    found = read_proof(file, None)
    assert "News about events" in (found.shown or "")
    assert chat.psid.encode() not in file


@pytest.mark.parametrize("how", ["late", "revoked", "demoted", "erased"])
async def test_a_link_ends_with_its_time_and_its_admin(deployment: Deployment, how: str) -> None:
    """After 15 minutes, or once the admin, their role or the person is gone: nothing."""
    chat, number = await agreed(deployment)
    owner = await signed_in(deployment)
    url = await link(owner, number)
    if how == "late":
        deployment.clock.move(15 * 60)
    elif how == "erased":
        await chat.says("delete me")
        await chat.hears_among("To erase everything")
        await chat.says("DELETE")
        await deployment.until(lambda: deployment.has_people(1))
    else:
        store, now_ms = deployment.bot.store, deployment.clock.now_ms()
        async with store.write() as tx:
            (one,) = await store.admins.list_all(tx)
            if how == "demoted":
                await store.admins.set_role(tx, one, "viewer")
            else:
                await store.admins.revoke(tx, one, now_ms=now_ms)
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert answer.status == 404


async def test_where_nothing_is_on_record_it_is_said_after_the_code(
    deployment: Deployment,
) -> None:
    """Whether somebody agreed is told nobody without a code, and the person hears of the look."""
    chat, number = await complained(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says(f"/evidence {number} news")
    await owner.chat.hears("A file is to prove")
    await owner.proves()
    await owner.chat.hears("Nothing is on record")
    await chat.hears("looked at your data")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/evidence", "/evidence K7QF-3M2P news"),
        ("/evidence one two three", "/evidence K7QF-3M2P news"),
        ("/evidence AAAA-AAAA news", "There is no request AAAA-AAAA"),
        ("/evidence {number} 'no such' ", "There is no purpose no such"),
    ],
)
async def test_odd_arguments_are_answered(deployment: Deployment, typed: str, said: str) -> None:
    """Whatever is missing, too much or unknown, the answer says what to type instead."""
    _, number = await complained(deployment)
    owner = await signed_in(deployment)
    await owner.chat.says(typed.format(number=number))
    await owner.chat.hears(said)
