"""People hear of what others did with their data, and never of what they did themselves."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.kit.chat import Chat
from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.mail_server import MailServer, text_of

#: What people in each language say and hear.
WORDS = {
    "en": {
        "hello": "Hello",
        "complain": "complain",
        "ask": "Ask the team",
        "looked": "Somebody of the team looked at your data",
        "looks": "Looks you don't know of yet: 2",
        "role": "privacy officer",
        "my_data": "my data",
        "show_values": "Show values",
        "show": "Show",
        "next": "Next page",
        "shown": "everything that is kept, to answer a request",
        "stop": "stop",
        "restrict": "restrict",
        "answer": "Hello!",
    },
    "de": {
        "hello": "Guten Tag",
        "complain": "Beschwerde",
        "ask": "Team fragen",
        "looked": "Jemand aus dem Team hat",
        "looks": "von denen Sie noch nichts wissen: 2",
        "role": "Datenschutz",
        "my_data": "meine Daten",
        "show_values": "Werte zeigen",
        "show": "Zeigen",
        "next": "Nächste Seite",
        "shown": "alles Gespeicherte, um eine Anfrage zu beantworten",
        "stop": "Stopp",
        "restrict": "einschränken",
        "answer": "Guten Tag!",
    },
}
LANGUAGES = tuple(WORDS)
DAY_S = 24 * 3600
ADDRESS = "grace@example.org"


@pytest.fixture
async def mailing(databases: Databases) -> AsyncIterator[tuple[Deployment, MailServer]]:
    """A bot and a Messenger that run, and a mail server."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as running:
        yield running, server


async def _asked(deployment: Deployment, words: dict[str, str]) -> tuple[Chat, str]:
    chat = deployment.person()
    await chat.says(words["hello"])
    await chat.hears()
    await chat.says(words["complain"])
    await chat.hears()
    await chat.taps(words["ask"])
    said = (await chat.hears()).text
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    return chat, number


async def _look(deployment: Deployment, number: str) -> str:
    """Look as the privacy officer; return everything that was seen."""
    now_ms = deployment.clock.now_ms()
    items = await deployment.desk.look(number, role="privacy officer", now_ms=now_ms)
    return "\n".join(item.value for item in items)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_look_is_told_in_the_open_chat(deployment: Deployment, language: str) -> None:
    """At once, with the role; not again at the next contact; MY DATA shows it for ever."""
    words = WORDS[language]
    chat, number = await _asked(deployment, words)
    assert chat.psid in await _look(deployment, number)
    told = await chat.hears(words["looked"])
    assert words["role"] in told.text
    await deployment.settles()
    await chat.says(words["hello"])
    assert words["looked"] not in (await chat.hears()).text
    assert words["shown"] in await _all_data(chat, words)


async def _all_data(chat: Chat, words: dict[str, str]) -> str:
    await chat.says(words["my_data"])
    await chat.hears()
    await chat.taps(words["show_values"])
    await chat.hears()
    await chat.taps(words["show"])
    page = await chat.hears()
    seen = [page.text]
    while words["next"] in [choice.title for choice in page.quick_replies]:
        await chat.taps(words["next"])
        page = await chat.hears()
        seen.append(page.text)
    return "\n".join(seen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_looks_are_told_at_the_next_contact(deployment: Deployment, language: str) -> None:
    """Outside the window and without e-mail: after the answer to what they wrote, once."""
    words = WORDS[language]
    chat, number = await _asked(deployment, words)
    deployment.clock.move(DAY_S + 60)
    await _look(deployment, number)
    await _look(deployment, number)
    await chat.says(words["hello"])
    told = await chat.hears(words["looks"])
    assert not told.text.startswith(words["looks"])
    await chat.says(words["hello"])
    assert words["looks"] not in (await chat.hears()).text


async def test_a_look_is_told_by_mail_too(mailing: tuple[Deployment, MailServer]) -> None:
    """Where an address is verified: beside the chat, and alone once the chat is closed."""
    deployment, server = mailing
    chat, number = await _asked(deployment, WORDS["en"])
    await deployment.verifies_email(chat.psid, ADDRESS)
    await _look(deployment, number)
    await chat.hears("looked at your data")
    await deployment.until(lambda: server.has(1))
    deployment.clock.move(DAY_S + 60)
    await _look(deployment, number)
    await deployment.until(lambda: server.has(2))
    for mail in server.mails:
        assert mail["Subject"] == "A message from Garden and Book Club"
        assert "privacy officer" in text_of(mail)
    await deployment.until(lambda: _is_told(deployment))
    await chat.says("hello")
    assert "Somebody of the team" not in (await chat.hears()).text


async def _is_told(deployment: Deployment) -> bool:
    """Tell whether nobody is left to be told of a look."""
    store = deployment.bot.store
    async with store.read() as tx:
        found = [
            await store.cases.find(tx, case.number) for case in await store.cases.list_undone(tx)
        ]
        return not await store.accesses.list_untold(tx, [one.person_id for one in found if one])


async def test_after_stop_nobody_is_told_unasked(mailing: tuple[Deployment, MailServer]) -> None:
    """No message, no mail, nothing around STOP or a right; then a line when they write again."""
    deployment, server = mailing
    chat, number = await _asked(deployment, WORDS["en"])
    await deployment.verifies_email(chat.psid, ADDRESS)
    await chat.says("stop")
    await chat.hears()
    await deployment.settles()
    await _look(deployment, number)
    assert await deployment.outbox_is_empty()
    for word in ("stop", "my data", "cases"):
        await chat.says(word)
        assert "Somebody of the team" not in (await chat.hears()).text
    await chat.says("hello")
    await chat.hears("looked at your data")
    assert server.mails == []


async def test_a_notice_that_waits_is_taken_back_by_stop(
    mailing: tuple[Deployment, MailServer],
) -> None:
    """STOP comes before the notice has left: nothing of it leaves afterwards."""
    deployment, server = mailing
    await server.stops()
    chat, number = await _asked(deployment, WORDS["en"])
    await deployment.verifies_email(chat.psid, ADDRESS)
    await _look(deployment, number)
    await chat.hears("looked at your data")
    await chat.says("stop")
    await chat.hears()
    await server.starts()
    deployment.clock.move(3600)
    await chat.says("thanks")
    await chat.hears()
    assert server.mails == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_while_restricted_looks_wait_for_contact(
    deployment: Deployment, language: str
) -> None:
    """Nothing is pushed; the next word of theirs is answered first, and then they hear of it."""
    words = WORDS[language]
    chat, number = await _asked(deployment, words)
    await chat.says(words["restrict"])
    await chat.hears()
    await deployment.settles()
    await _look(deployment, number)
    assert await deployment.outbox_is_empty()
    await chat.says(words["hello"])
    await chat.hears(words["looked"])


async def test_ones_own_act_is_no_news(mailing: tuple[Deployment, MailServer]) -> None:
    """Looking at one's own data, asking and withdrawing bring their answer and nothing else."""
    deployment, server = mailing
    chat, _ = await _asked(deployment, WORDS["en"])
    await deployment.verifies_email(chat.psid, ADDRESS)
    for word in ("my data", "cases", "withdraw", "hello"):
        await chat.says(word)
        await chat.hears()
    await deployment.settles()
    assert len(chat.bubbles()) == 7
    assert server.mails == []
