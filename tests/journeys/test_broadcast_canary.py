"""What a broadcast writes about the people it goes to: in chat, by mail, and when it fails."""

from collections.abc import AsyncIterator

import pytest

from storage.details import Detail
from tests.kit.broadcasting import Broadcasting
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of
from tests.storage import raw_files

NAME, MAIL = "zebracanary-6231", "zebracanary6231@example.org"


@pytest.fixture
async def mailing(databases: Databases) -> AsyncIterator[tuple[Deployment, MailServer]]:
    """A bot and a mail server."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as running:
        yield running, server


async def _is_called(deployment: Deployment, chat: Chat, name: str) -> None:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
        assert person is not None
        given = Detail("name", name, deployment.clock.now_ms())
        await store.details.put(tx, person.person_id, person.key, given)


async def test_a_broadcast_names_nobody_in_logs_metrics_or_files(
    mailing: tuple[Deployment, MailServer], capfd: pytest.CaptureFixture[str]
) -> None:
    """No name, address, id or link of anybody it goes to, whichever way, and however it ends."""
    deployment, server = mailing
    on = Broadcasting(deployment)
    anna = await on.reader()
    await _is_called(deployment, anna, NAME)
    await deployment.verifies_email(anna.psid, MAIL)
    texts = {"en": "Hello {name|friend}, the fair is on Sunday."}
    in_chat = await on.begins(texts=texts)
    told = await anna.hears(f"Hello {NAME}")
    await on.until(in_chat, "over")
    deployment.clock.move(25 * 3600)
    server.refusal = f"550 <{MAIL}> is no mailbox of {NAME}"
    await on.until(await on.begins(texts=texts), "over")
    server.refusal = None
    await on.until(await on.begins(texts=texts), "over")
    assert NAME in text_of(server.mails[0]), "so the mail was made of it"
    (url,) = [one.url for one in told.buttons if one.url]
    lookup = deployment.bot.store.keyring.lookup(PAGE, anna.psid).hex()
    secrets = [NAME, MAIL, anna.psid, lookup, url.rpartition("/")[2]]
    logged = capfd.readouterr()
    assert "broadcast.over" in logged.err
    assert not raw_files.found((logged.out + logged.err).encode(), secrets)
    assert not raw_files.found(deployment.bot.metrics.exposition(), secrets)
    for path in raw_files.below(deployment.databases.folder):
        assert not raw_files.found(path.read_bytes(), secrets), path.name
