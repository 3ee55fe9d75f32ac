"""A person's data as a file: by a page of their own, or here in the chat; over the wire."""

import asyncio
import dataclasses
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest

from bot.exports.handing import Handing
from bot.exports.maker import Maker
from bot.simulator import Message
from storage import PersonId
from storage.db import tables
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment
from tests.kit.exported import text_of, told_in
from tests.kit.schema import faults_of

SCHEMA = Path(__file__).parents[2] / "docs" / "export.schema.json"
WORDS = {
    "en": {
        "hello": "Hello",
        "news": "news",
        "yes": "Yes",
        "export": "export",
        "here": "Send it here",
        "send": "Send it",
        "stop": "stop",
        "delete_me": "delete me",
        "first": "Export first",
        "word": "DELETE",
        "heading": "Your data at Garden and Book Club",
        "write": "EXPORT",
        "my_data": "my data",
        "next": "Next page",
        "older": "… and 997 more. EXPORT has them all.",
    },
    "de": {
        "hello": "Guten Tag",
        "news": "Neuigkeiten",
        "yes": "Ja",
        "export": "exportieren",
        "here": "Hier schicken",
        "send": "Schicken",
        "stop": "stopp",
        "delete_me": "lösche mich",
        "first": "Erst exportieren",
        "word": "LÖSCHEN",
        "heading": "Ihre Daten bei Garden and Book Club",
        "write": "EXPORT",
        "my_data": "meine Daten",
        "next": "Nächste Seite",
        "older": "… und 997 weitere. EXPORT enthält sie alle.",
    },
}
LANGUAGES = tuple(WORDS)


async def _greeted(deployment: Deployment, hello: str = "Hello") -> Chat:
    chat = deployment.person()
    await chat.says(hello)
    await chat.hears()
    return chat


def _url_in(message: Message) -> str:
    (url,) = [button.url for button in message.buttons if button.url and "/export/" in button.url]
    return url


async def _page_of(chat: Chat, words: dict[str, str]) -> str:
    await chat.says(words["export"])
    return _url_in(await chat.hears())


async def _look(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as browser, browser.get(url) as answer:
        return answer.status, await answer.text()


async def _download(url: str) -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as browser, browser.post(url) as answer:
        return answer.status, await answer.read(), dict(answer.headers)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_gives_the_file_out_once(deployment: Deployment, language: str) -> None:
    """However often it is looked at, one tap gives the file out, in the person's language."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    url = await _page_of(chat, words)
    for _ in range(100):
        assert (await _look(url))[0] == 200
    status, file, headers = await _download(url)
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="my-data.html"'
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert words["heading"] in text_of(file)
    (person,) = told_in(file)["tables"]["people"]["rows"]
    assert person["psid"]["raw"] == chat.psid
    assert told_in(file)["language"] == language
    status, again, _ = await _download(url)
    assert status == 404
    assert words["write"] in again.decode()
    assert (await _look(url))[0] == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_file_has_a_record_of_each_consent(deployment: Deployment, language: str) -> None:
    """The words of the question as they stood in the chat, and which line of the ledger it is."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["news"])
    question = await chat.hears()
    await chat.taps(words["yes"])
    await chat.hears()
    _, file, _ = await _download(await _page_of(chat, words))
    told = told_in(file)
    assert faults_of(told, SCHEMA) == []
    (record,) = told["consent_records"]
    (event,) = record["events"]
    assert record["processing"]["purpose"]["id"] == "news"
    assert (event["event_type"], event["language"], event["ledger_line"]) == ("given", language, 0)
    assert question.text in event["text"]
    assert chat.psid not in str(record)


async def test_of_two_taps_at_once_one_gets_the_file(deployment: Deployment) -> None:
    """The link is spent once, also when both were ready to give."""
    chat = await _greeted(deployment)
    url = await _page_of(chat, WORDS["en"])
    both = await asyncio.gather(*(_download(url) for _ in range(2)))
    assert sorted(status for status, _, _ in both) == [200, 404]


class _CountingMaker(Maker):
    """Makes files, and counts them."""

    made: ClassVar[int] = 0

    async def make(self, person_id: PersonId) -> bytearray | None:
        """Make a file."""
        type(self).made += 1
        return await super().make(person_id)


async def test_many_taps_at_once_make_no_queue_of_files(deployment: Deployment) -> None:
    """Whoever taps a link again and again has it made twice at most, so others need not wait."""
    chat = await _greeted(deployment)
    token = (await _page_of(chat, WORDS["en"])).partition("?")[0].rpartition("/")[2]
    exports = deployment.bot.desks.exports
    assert isinstance(exports, Handing)
    fields = {one.name: getattr(exports.maker, one.name) for one in dataclasses.fields(Maker)}
    counting = dataclasses.replace(exports, maker=_CountingMaker(**fields))
    files = await asyncio.gather(*(counting.hand_out(token) for _ in range(20)))
    assert sum(file is not None for file in files) == 1
    assert _CountingMaker.made <= 2


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_file_comes_in_the_chat_once_meta_was_named(
    deployment: Deployment, language: str
) -> None:
    """Nothing is sent before the warning was answered; then the page is closed."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    url = await _page_of(chat, words)
    await chat.taps(words["here"])
    await chat.hears("Meta")
    assert not any(message.attachment for message in chat.bubbles())
    await chat.taps(words["send"])
    first, second = await chat.hears(), await chat.hears()
    (file,) = [one.attachment for one in (first, second) if one.attachment]
    assert file.name == "my-data.html"
    assert words["heading"] in text_of(file.content)
    assert told_in(file.content)["tables"]["people"]["rows"][0]["psid"]["raw"] == chat.psid
    assert (await _look(url))[0] == 404
    await deployment.settles()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_there_are_three_files_a_day(deployment: Deployment, language: str) -> None:
    """The fourth is refused with the time of the next; a day later it is there."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    for _ in range(3):
        await _page_of(chat, words)
    await chat.says(words["export"])
    refused = await chat.hears("24")
    assert not any(button.url for button in refused.buttons)
    deployment.clock.move(23 * 3600)
    await chat.says(words["export"])
    await chat.hears(" 1 ")
    deployment.clock.move(3601)
    await _page_of(chat, words)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_works_after_stop_and_while_a_human_answers(
    deployment: Deployment, language: str
) -> None:
    """No state stands between a person and their data."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["stop"])
    await chat.hears()
    await deployment.simulator.page_inbox_says(chat.psid, "Hello, this is a human.")
    await chat.hears("a human")
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    assert (await _look(await _page_of(chat, words)))[0] == 200


@pytest.mark.parametrize("language", LANGUAGES)
async def test_delete_me_offers_it_and_closes_it(deployment: Deployment, language: str) -> None:
    """The file can be taken along first; once erasure is ordered no page gives anything out."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["delete_me"])
    await chat.hears("Meta")
    await chat.taps(words["first"])
    url = _url_in(await chat.hears())
    await chat.says(words["delete_me"])
    await chat.hears()
    await chat.says(words["word"])
    await chat.hears()
    status, answer, _ = await _download(url)
    assert status == 404
    assert chat.psid.encode() not in answer
    await deployment.until(lambda: deployment.has_people(0))
    assert (await _look(url))[0] == 404


async def test_an_unknown_link_gets_a_plain_page(deployment: Deployment) -> None:
    """It tells nothing, and how to get a new one."""
    url = f"{deployment.settings.server.public_url}/export/{'x' * 43}"
    status, html = await _look(url)
    assert status == 404
    assert "EXPORT" in html
    assert (await _download(url))[0] == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_my_data_counts_what_would_be_too_much_to_list(
    deployment: Deployment, language: str
) -> None:
    """Of very many messages the newest few are listed; the others are counted, and EXPORT named."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        person = (await store.people.find(tx, [lookup]))[lookup]
        rows = [
            {
                "delivery_id": number.to_bytes(16, "big"),
                "person_id": person,
                "purpose_id": f"news-{number}",
                "lane": "window",
                "outcome": "sent",
                "at_ms": deployment.clock.now_ms() + number,
            }
            for number in range(1000)
        ]
        await tx.execute(tables.deliveries.insert(), rows)
    await chat.says(words["my_data"])
    said = [(await chat.hears()).text]
    while words["next"] in [choice.title for choice in chat.bubbles()[-1].quick_replies]:
        await chat.taps(words["next"])
        said.append((await chat.hears()).text)
    assert words["older"] in "\n".join(said)
    assert len(said) < 8
    file = (await _download(await _page_of(chat, words)))[1]
    assert len(told_in(file)["tables"]["deliveries"]["rows"]) == 1000
