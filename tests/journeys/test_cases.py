"""A request, from the asking to the day its answer has arrived."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.simulator import Fault
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.history import History
from tests.kit.mail_server import MailServer, text_of

#: What people in each language say and hear.
WORDS = {
    "en": {
        "hello": "Hello",
        "complain": "complain",
        "ask": "Ask the team",
        "human": "human",
        "cases": "cases",
        "my_data": "my data",
        "stop": "stop",
        "answer": "The answer to your request",
        "waits": "CASES shows it",
        "listed": "Answered: see above",
        "answered": "Answered.",
        "later": "until you write CASES",
        "by_mail": "by e-mail",
        "subject": "A message from Garden and Book Club",
        "back": "automated bot again",
    },
    "de": {
        "hello": "Guten Tag",
        "complain": "Beschwerde",
        "ask": "Team fragen",
        "human": "Mensch",
        "cases": "Anfragen",
        "my_data": "meine Daten",
        "stop": "Stopp",
        "answer": "Die Antwort auf Ihre Anfrage",
        "waits": "ANFRAGEN zeigt sie",
        "listed": "Beantwortet: siehe oben",
        "answered": "Beantwortet.",
        "later": "bis Sie ANFRAGEN schreiben",
        "by_mail": "per E-Mail",
        "subject": "Eine Nachricht von Garden and Book Club",
        "back": "der automatische Bot",
    },
}
LANGUAGES = tuple(WORDS)
DAY_S = 24 * 3600
ANSWER = "We have looked: nothing was passed on."
ADDRESS = "grace@example.org"


@pytest.fixture
async def mailing(databases: Databases) -> AsyncIterator[tuple[Deployment, MailServer]]:
    """A bot and a Messenger that run, and a mail server."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as running:
        yield running, server


async def _complained(deployment: Deployment, words: dict[str, str]) -> tuple[Chat, str, str]:
    """Ask the team to answer a complaint; return the chat, the number, and what was said."""
    chat = deployment.person()
    await chat.says(words["hello"])
    await chat.hears()
    return chat, *await _complains(chat, words)


async def _complains(chat: Chat, words: dict[str, str]) -> tuple[str, str]:
    await chat.says(words["complain"])
    await chat.hears()
    await chat.taps(words["ask"])
    said = (await chat.hears()).text
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", said)
    return number, said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_answer_comes_into_the_open_chat(deployment: Deployment, language: str) -> None:
    """Inside the 24 hours it is sent at once, and the request is answered once it arrived."""
    words = WORDS[language]
    chat, number, said = await _complained(deployment, words)
    assert words["later"] in said
    lane = await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    assert lane.way == "window"
    heard = await chat.hears(words["answer"])
    assert number in heard.text
    assert ANSWER in heard.text
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    await chat.says(words["cases"])
    listed = await chat.hears(words["answered"])
    assert ANSWER not in listed.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_answer_goes_by_mail_once_the_chat_is_closed(
    mailing: tuple[Deployment, MailServer], language: str
) -> None:
    """To an address that is proven to be theirs; the subject says nothing."""
    deployment, server = mailing
    words = WORDS[language]
    chat, _, _ = await _complained(deployment, words)
    await deployment.verifies_email(chat.psid, ADDRESS)
    number, said = await _complains(chat, words)
    assert words["by_mail"] in said
    deployment.clock.move(DAY_S + 60)
    lane = await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    assert lane.way == "email"
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    (mail,) = server.mails
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == words["subject"]
    assert ANSWER in text_of(mail)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_without_a_lane_an_answer_waits_for_contact(
    deployment: Deployment, language: str
) -> None:
    """When they write again one line says so, once; CASES shows it, and then it is answered."""
    words = WORDS[language]
    chat, number, _ = await _complained(deployment, words)
    deployment.clock.move(DAY_S + 60)
    lane = await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    assert lane.way == "next_contact"
    assert await deployment.case_is(number, "waiting")
    await chat.says(words["hello"])
    told = await chat.hears(words["waits"])
    assert not told.text.startswith(words["waits"])
    assert ANSWER not in told.text
    await chat.says(words["hello"])
    assert words["waits"] not in (await chat.hears()).text
    await chat.says(words["cases"])
    shown = await chat.hears(words["answer"])
    assert ANSWER in shown.text
    await chat.hears(words["listed"])
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    await chat.says(words["cases"])
    await chat.hears(words["answered"])


async def test_a_mail_nobody_takes_leaves_the_answer_waiting(
    mailing: tuple[Deployment, MailServer],
) -> None:
    """The mailbox does not exist: the request is not answered, and CASES shows the answer."""
    deployment, server = mailing
    server.refusal = "550 No such mailbox"
    chat, number, _ = await _complained(deployment, WORDS["en"])
    await deployment.verifies_email(chat.psid, ADDRESS)
    deployment.clock.move(DAY_S + 60)
    await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    await deployment.until(lambda: server.was_asked(1))
    assert await deployment.case_is(number, "waiting")
    await chat.says("cases")
    await chat.hears(ANSWER)
    await deployment.until(lambda: deployment.case_is(number, "answered"))


async def test_a_mail_server_that_was_down_gets_exactly_one_mail(databases: Databases) -> None:
    """The answer waits meanwhile, and arrives once."""
    server = MailServer()
    async with deployed(databases, mail=server.settings()) as deployment:
        chat, number, _ = await _complained(deployment, WORDS["en"])
        await deployment.verifies_email(chat.psid, ADDRESS)
        deployment.clock.move(DAY_S + 60)
        await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
        await deployment.until(lambda: _was_tried(deployment))
        assert await deployment.case_is(number, "waiting")
        async with server:
            deployment.clock.move(3600)
            await deployment.until(lambda: deployment.case_is(number, "answered"))
            deployment.clock.move(3600)
            await chat.says("hello")
            await chat.hears()
            assert len(server.mails) == 1


async def _was_tried(deployment: Deployment) -> bool:
    """Tell whether a mail was put off."""
    return b'mails_total{outcome="put_off"}' in deployment.bot.metrics.exposition()


async def test_an_answer_that_was_asked_for_comes_after_stop_too(deployment: Deployment) -> None:
    """STOP ends news; what the person asked for themselves is still answered."""
    chat, number, _ = await _complained(deployment, WORDS["en"])
    await chat.says("stop")
    await chat.hears()
    await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    await chat.hears(ANSWER)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_human_takes_over_and_hands_back(deployment: Deployment, language: str) -> None:
    """HUMAN passes the thread to the Page's inbox; the bot is quiet but for rights and STOP."""
    words = WORDS[language]
    chat = deployment.person()
    await chat.says(words["hello"])
    await chat.hears()
    await chat.says(words["human"])
    await chat.hears()
    await deployment.settles()
    person = deployment.simulator.people.get(chat.psid)
    assert person.owner_app_id is not None
    await chat.says("do you hear me?")
    await chat.says(words["my_data"])
    cards = await chat.hears("Messenger")
    assert cards.quick_replies
    await deployment.settles()
    assert person.owner_app_id is not None, "given back after the answer"
    await deployment.simulator.hand_back(chat.psid)
    await chat.hears(words["back"])
    await chat.says(words["hello"])
    await chat.hears()
    assert not await deployment.is_muted(chat.psid)


async def test_what_is_written_before_the_thread_has_changed_hands_is_answered(
    deployment: Deployment,
) -> None:
    """A right that is asked for while the hand-over is on its way is no answer lost."""
    chat = deployment.person()
    psid, simulator = chat.psid, deployment.simulator
    at_ms = deployment.clock.now_ms()
    words = [simulator.text_event(psid, word, at_ms=at_ms) for word in ("human", "cases")]
    await simulator.post(words)
    await chat.hears("Your request is")
    await chat.hears("Open since")
    await deployment.settles()
    assert simulator.people.get(psid).owner_app_id is not None


async def test_a_page_without_an_inbox_keeps_its_bot(deployment: Deployment) -> None:
    """Messenger refuses the hand-over: the request stands, the bot goes on, so does the Page."""
    deployment.simulator.pages[PAGE].has_inbox = False
    chat = deployment.person()
    await chat.says("human")
    await chat.hears("Your request is")
    await deployment.settles()
    assert not await deployment.is_paused(PAGE)
    assert not await deployment.is_muted(chat.psid)
    await chat.says("hello")
    await chat.hears("What would you like?")


async def test_an_echo_is_word_enough_that_an_answer_arrived(deployment: Deployment) -> None:
    """The call broke after Messenger took it: its echo makes the request answered, once."""
    chat, number, _ = await _complained(deployment, WORDS["en"])
    deployment.simulator.faults.next(Fault.reset(is_accepted=True))
    await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    await chat.hears(ANSWER)
    await deployment.until(lambda: deployment.case_is(number, "answered"))
    deployment.clock.move(120)
    await deployment.settles()
    assert History.of(deployment.simulator, chat.psid).repeats == 0


async def test_an_answer_that_messenger_refuses_goes_on_waiting(deployment: Deployment) -> None:
    """Whoever blocks the Page is not answered by that; CASES shows it when they are back."""
    chat, number, _ = await _complained(deployment, WORDS["en"])
    deployment.simulator.people.get(chat.psid).is_blocking = True
    await deployment.desk.answer(number, ANSWER, now_ms=deployment.clock.now_ms())
    await deployment.settles()
    assert await deployment.case_is(number, "waiting")
    deployment.simulator.people.get(chat.psid).is_blocking = False
    await chat.says("cases")
    await chat.hears(ANSWER)
    await deployment.until(lambda: deployment.case_is(number, "answered"))
