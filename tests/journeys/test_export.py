"""A person's data as a file: by a page of their own, or here in the chat; over the wire."""

import asyncio

import aiohttp
import pytest

from bot.simulator import Message
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment
from tests.kit.exported import text_of, told_in

WORDS = {
    "en": {
        "hello": "Hello",
        "export": "export",
        "here": "Send it here",
        "send": "Send it",
        "stop": "stop",
        "delete_me": "delete me",
        "first": "Export first",
        "word": "DELETE",
        "heading": "Your data at Garden and Book Club",
        "write": "EXPORT",
    },
    "de": {
        "hello": "Guten Tag",
        "export": "exportieren",
        "here": "Hier schicken",
        "send": "Schicken",
        "stop": "stopp",
        "delete_me": "lösche mich",
        "first": "Erst exportieren",
        "word": "LÖSCHEN",
        "heading": "Ihre Daten bei Garden and Book Club",
        "write": "EXPORT",
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
    """However often it is looked at, the form's tap gives out the file, in the person's language."""
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
    assert person["language"]["raw"] == language
    status, again, _ = await _download(url)
    assert status == 404
    assert words["write"] in again.decode()
    assert (await _look(url))[0] == 404
