"""People hear of a breach by one lane each, whatever they said before, and once."""

from collections.abc import AsyncIterator

import pytest

from bot.breaches.desk import BreachDesk
from bot.simulator import Fault
from flows.breaches.fields import DRAFTS
from tests.kit.breaches import HAPPENED, reach_of, told, until_counted
from tests.kit.chat import Chat
from tests.kit.deployment import PAGES, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of
from tests.storage import raw_files

DAY_S = 24 * 3600
ADDRESS = "grace@example.org"
CANARY = "zebracanary-5822"


@pytest.fixture
async def mailing(databases: Databases) -> AsyncIterator[tuple[Deployment, MailServer]]:
    """A bot and a Messenger that run, and a mail server."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as running:
        yield running, server


async def _known(deployment: Deployment, hello: str = "Hello", page_id: str = PAGES[0].id) -> Chat:
    chat = deployment.person(page_id)
    await chat.says(hello)
    await chat.hears()
    return chat


def _times_told(chat: Chat) -> int:
    return sum(HAPPENED in bubble.text for bubble in chat.bubbles())


async def test_an_open_chat_is_told_at_once_and_once(deployment: Deployment) -> None:
    """The notice stands alone, in the person's language, and does not come again."""
    english, german = await _known(deployment), await _known(deployment, "Guten Tag")
    number = await told(deployment)
    await english.hears("and you should know.")
    assert "Was ist passiert" in (await german.hears(HAPPENED)).text
    await until_counted(deployment, number, sent=2)
    await english.says("Hello")
    await english.hears()
    await deployment.settles()
    assert _times_told(english) == 1


async def test_a_closed_chat_is_told_after_the_next_answer(deployment: Deployment) -> None:
    """First the answer to what they wrote, then the notice, unasked; the register knows it."""
    chat = await _known(deployment)
    deployment.clock.move(DAY_S + 60)
    number = await told(deployment)
    await until_counted(deployment, number, waiting=1)
    await chat.says("Hello")
    assert HAPPENED not in (await chat.hears()).text
    await chat.hears(HAPPENED)
    await until_counted(deployment, number, sent=1)


async def test_who_was_not_reached_is_listed_by_number(deployment: Deployment) -> None:
    """The list has a number and a reason for each, and nothing that names anybody."""
    chat = await _known(deployment)
    deployment.clock.move(DAY_S + 60)
    number = await told(deployment)
    await until_counted(deployment, number, waiting=1)
    (one,) = (await reach_of(deployment, number)).unreached
    assert one.state == "waiting"
    assert one.reason == "their 24 hours are over, and there is no e-mail"
    assert chat.psid not in repr(one)


async def test_a_verified_address_is_mailed_where_the_chat_is_closed(
    mailing: tuple[Deployment, MailServer],
) -> None:
    """One mail that tells everything; nothing more when they write again."""
    deployment, server = mailing
    chat = await _known(deployment)
    await deployment.verifies_email(chat.psid, ADDRESS)
    deployment.clock.move(DAY_S + 60)
    number = await told(deployment)
    await until_counted(deployment, number, sent=1)
    (mail,) = server.mails
    assert HAPPENED in text_of(mail)
    await chat.says("Hello")
    await chat.hears()
    await deployment.settles()
    assert _times_told(chat) == 0


@pytest.mark.parametrize("last_word", ["stop", "restrict"])
async def test_after_stop_and_restrict_it_waits_for_another_word(
    deployment: Deployment, last_word: str
) -> None:
    """It is a duty, so they are told; but never around that word, nor around another right."""
    chat = await _known(deployment)
    await chat.says(last_word)
    await chat.hears()
    number = await told(deployment)
    await until_counted(deployment, number, waiting=1)
    for word in (last_word, "my data", "cases"):
        await chat.says(word)
        await chat.hears()
        await deployment.settles()
    assert _times_told(chat) == 0
    await chat.says("Hello")
    await chat.hears()
    await chat.hears(HAPPENED)
    await until_counted(deployment, number, sent=1)


async def test_a_notice_on_its_way_is_taken_back_by_stop(deployment: Deployment) -> None:
    """STOP comes before the notice has left: its confirmation is the last word for now."""
    chat = await _known(deployment)
    deployment.simulator.faults.next(Fault.refused(1200))
    number = await told(deployment)
    await deployment.until(deployment.outbox_waits)
    await chat.says("stop")
    await chat.hears()
    await until_counted(deployment, number, waiting=1)
    assert _times_told(chat) == 0
    await chat.says("Hello")
    await chat.hears()
    await chat.hears(HAPPENED)


async def test_what_messenger_refuses_waits_for_contact(deployment: Deployment) -> None:
    """Whom Messenger does not reach is not given up: they are told when they write."""
    chat = await _known(deployment)
    deployment.simulator.faults.next(Fault.refused(551))
    number = await told(deployment)
    await until_counted(deployment, number, waiting=1)
    (one,) = (await reach_of(deployment, number)).unreached
    assert one.reason.startswith("Messenger does not reach them")
    await chat.says("Hello")
    await chat.hears()
    await chat.hears(HAPPENED)
    await until_counted(deployment, number, sent=1)


async def test_only_the_chosen_are_told(deployment: Deployment) -> None:
    """One Page, and those of whom a request is held; others are no part of it."""
    asked, other, elsewhere = (
        await _known(deployment),
        await _known(deployment),
        await _known(deployment, page_id=PAGES[1].id),
    )
    await asked.says("complain")
    await asked.hears()
    await asked.taps("Ask the team")
    await asked.hears()
    number = await told(deployment, pages=(PAGES[0].id,), categories=("requests",))
    await asked.hears(HAPPENED)
    await until_counted(deployment, number, sent=1)
    assert _times_told(other) == _times_told(elsewhere) == 0


async def test_whoever_is_erased_meanwhile_stays_a_number(deployment: Deployment) -> None:
    """The notice goes with them; the register still counts how many there were."""
    chat = await _known(deployment)
    deployment.clock.move(DAY_S + 60)
    number = await told(deployment)
    await until_counted(deployment, number, waiting=1)
    await chat.says("delete me")
    await chat.hears()
    await chat.says("DELETE")
    await until_counted(deployment, number, gone=1)
    assert _times_told(chat) == 0


async def test_nothing_personal_is_in_register_drafts_or_logs(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """Ids and names of those who are told are in no line, draft or list, and on no disk."""
    psid = deployment.simulator.add_person(name=CANARY)
    chat = deployment.chat(psid)
    await chat.says(f"{CANARY} help")
    await chat.hears()
    number = await told(deployment)
    await chat.hears(HAPPENED)
    await until_counted(deployment, number, sent=1)
    desk = BreachDesk(deployment.settings, deployment.bot.store)
    async with desk.store.read() as tx:
        file = await desk.find(tx, number)
        drafts = [
            await desk.draft(tx, number, one, now_ms=deployment.clock.now_ms()) for one in DRAFTS
        ]
    secrets = [CANARY, psid]
    logged = capfd.readouterr()
    told_of = repr([file, drafts, await reach_of(deployment, number), logged])
    assert not raw_files.found(told_of.encode(), secrets)
    for path in raw_files.below(deployment.databases.folder):
        assert not raw_files.found(path.read_bytes(), [*secrets, HAPPENED]), path.name
