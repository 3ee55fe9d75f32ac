"""Admins see nothing of a person but what they opened for a request, and the person was told."""

import pytest

from storage.admin_acts import content_of
from tests.journeys.test_admin_cases import signed_in
from tests.journeys.test_admin_evidence import agreed, link
from tests.kit.admins import AdminChat
from tests.kit.deployment import PAGE, Deployment
from tests.storage import raw_files

NAME, MAIL = "zebracanary-5120", "zebracanary@example.org"
ANSWER = "canary-answer-7714"


async def test_admins_see_only_what_they_opened(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """In audit, logs, metrics, files and admins' messages: nothing, until the values are shown."""
    chat, number = await agreed(deployment)
    deployment.simulator.people.get(chat.psid).name = NAME
    await deployment.verifies_email(chat.psid, MAIL)
    owner = await signed_in(deployment)
    secrets = [NAME, MAIL, chat.psid, deployment.bot.store.keyring.lookup(PAGE, chat.psid).hex()]
    await _does_everything(owner, number)
    await link(owner, number)
    await owner.chat.says(f"/cases open {number}")
    await owner.chat.hears("is told that you look")
    said = "\n".join(message.text for message in owner.chat.bubbles())
    assert not raw_files.found(said.encode(), secrets)
    await _shows_values(owner)
    shown = "\n".join(message.text for message in owner.chat.bubbles())
    assert raw_files.found(shown.encode(), [MAIL]), "the same search finds what was opened"
    assert sum("looked at your data" in one.text for one in chat.bubbles()) == 2
    await _answers(owner, number)
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    store = deployment.bot.store
    async with store.read() as tx:
        acts = [str(content_of(one.act)) for one in await store.admin_acts.newest(tx, limit=100)]
    assert len(acts) > 5
    hidden = [*secrets, ANSWER]
    assert not raw_files.found("\n".join(acts).encode(), hidden)
    assert not raw_files.found(deployment.bot.metrics.exposition(), hidden)
    for path in raw_files.below(deployment.databases.folder):
        assert not raw_files.found(path.read_bytes(), hidden), path.name
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), hidden)


async def _does_everything(owner: AdminChat, number: str) -> None:
    """Give every command that only looks, and claim the request."""
    looks = ("/help", "/status", "/stats", "/settings", "/admins", "/audit", "/cases")
    for line in (*looks, f"/cases {number}", f"/cases claim {number}"):
        await owner.chat.says(line)
        await owner.chat.hears()


async def _shows_values(owner: AdminChat) -> None:
    """Ask for the values, on every page."""
    await owner.chat.taps("Show values")
    await owner.chat.hears()
    await owner.chat.taps("Show")
    await owner.chat.hears()
    while any(one.title == "Next page" for one in owner.chat.bubbles()[-1].quick_replies):
        await owner.chat.taps("Next page")
        await owner.chat.hears()


async def _answers(owner: AdminChat, number: str) -> None:
    """Answer the request."""
    await owner.chat.says(f"/cases answer {number} {ANSWER}")
    await owner.chat.hears(ANSWER)
    await owner.proves()
    await owner.chat.hears("Sent into the chat")


async def test_the_audit_leads_to_nobody_once_they_are_erased(deployment: Deployment) -> None:
    """What admins did stays on record, and the number of the request is in no file any more."""
    chat, number = await agreed(deployment)
    owner = await signed_in(deployment)
    await _does_everything(owner, number)
    await link(owner, number)
    await owner.chat.says(f"/cases open {number}")
    await owner.chat.hears_among("is told that you look")
    await _answers(owner, number)
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    folder = deployment.databases.folder
    assert raw_files.count(folder, number.encode())
    await chat.says("delete me")
    await chat.hears_among("To erase everything")
    await chat.says("DELETE")
    await deployment.until(lambda: deployment.has_people(1))

    async def is_gone() -> bool:
        return not raw_files.count(folder, number.encode())

    await deployment.until(is_gone)
    store = deployment.bot.store
    async with store.read() as tx:
        acts = [one.act for one in await store.admin_acts.newest(tx, limit=100)]
    about_cases = {act.act for act in acts if act.object.startswith("C-")}
    assert about_cases == {"cases claim", "cases open", "cases answer", "evidence"}
