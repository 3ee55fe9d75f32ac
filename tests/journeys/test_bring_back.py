"""Whoever was erased and returns gets language and details back from their file, and no consent."""

import re

import aiohttp
import pytest
import sqlalchemy as sa

from storage.db import tables
from storage.details import Detail
from tests.kit.chat import Chat
from tests.kit.deployment import PAGES, Deployment
from tests.kit.exported import with_a_byte_changed

WORDS = {
    "en": {
        "hello": "Hello",
        "news": "news",
        "yes": "Yes",
        "export": "export",
        "delete_me": "delete me",
        "first": "Export first",
        "word": "DELETE",
        "bring_back": "bring back",
        "back": "are back",
        "changed": "was changed",
        "foreign": "another chat",
        "used": "counts once",
        "broken": "cannot read",
        "reading": "I am reading",
        "too_large": "too large",
    },
    "de": {
        "hello": "Guten Tag",
        "news": "Neuigkeiten",
        "yes": "Ja",
        "export": "exportieren",
        "delete_me": "lösche mich",
        "first": "Erst exportieren",
        "word": "LÖSCHEN",
        "bring_back": "Daten zurückbringen",
        "back": "sind wieder da",
        "changed": "verändert",
        "foreign": "anderen Chat",
        "used": "zählt nur einmal",
        "broken": "nicht lesen",
        "reading": "Ich lese",
        "too_large": "zu groß",
    },
}
LANGUAGES = tuple(WORDS)


async def _greeted(deployment: Deployment, hello: str, page_id: str = PAGES[0].id) -> Chat:
    chat = deployment.person(page_id)
    await chat.says(hello)
    await chat.hears()
    return chat


async def _told_page(chat: Chat) -> str:
    """Wait for the bubble with a page of one's own; the notice may come in another."""
    while True:
        for button in (await chat.hears()).buttons:
            if button.url and re.search(r"/(export|bring-back)/", button.url):
                return button.url


async def _file_of(chat: Chat, words: dict[str, str]) -> bytes:
    await chat.says(words["export"])
    url = await _told_page(chat)
    async with aiohttp.ClientSession() as browser, browser.post(url) as answer:
        assert answer.status == 200
        return await answer.read()


async def _hand_in(url: str, file: bytes) -> tuple[int, str]:
    form = aiohttp.FormData()
    form.add_field("file", file, filename="my-data.html", content_type="text/html")
    async with aiohttp.ClientSession() as browser, browser.post(url, data=form) as answer:
        return answer.status, await answer.text()


async def _page_to_bring_back(chat: Chat, words: dict[str, str]) -> str:
    await chat.says(words["bring_back"])
    return await _told_page(chat)


async def _give_details(deployment: Deployment, chat: Chat) -> None:
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    lookup = store.keyring.lookup(PAGES[0].id, chat.psid)
    async with store.write() as tx:
        person_id = (await store.people.find(tx, [lookup]))[lookup]
        person = await store.people.get(tx, person_id)
        assert person is not None
        for detail in (
            Detail("name", "Ada <Lovelace>", now_ms),
            Detail("email", "ada@example.org", now_ms, now_ms),
        ):
            await store.details.put(tx, person_id, person.key, detail)


async def _details(deployment: Deployment, chat: Chat) -> dict[str, tuple[str, int | None]]:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGES[0].id, chat.psid)
    async with store.read() as tx:
        person_id = (await store.people.find(tx, [lookup]))[lookup]
        person = await store.people.get(tx, person_id)
        assert person is not None
        found = await store.details.of(tx, person_id, person.key)
    return {name: (one.value, one.verified_at_ms) for name, one in found.items()}


async def _erase(deployment: Deployment, chat: Chat, words: dict[str, str]) -> None:
    await chat.says(words["delete_me"])
    await chat.hears()
    await chat.says(words["word"])
    await chat.hears()
    await deployment.until(lambda: deployment.has_people(0))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_returns_has_language_and_details_again(
    deployment: Deployment, language: str
) -> None:
    """Export first, erase, return, bring back: details are there, consents are asked anew."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["news"])
    await chat.hears()
    await chat.taps(words["yes"])
    await chat.hears()
    await _give_details(deployment, chat)
    await chat.says(words["delete_me"])
    await chat.hears()
    await chat.taps(words["first"])
    async with aiohttp.ClientSession() as browser, browser.post(await _told_page(chat)) as answer:
        file = await answer.read()
    await _erase(deployment, chat, words)

    url = await _page_to_bring_back(chat, words)
    assert await _details(deployment, chat) == {}
    status, html = await _hand_in(url, file)
    assert status == 200
    assert words["back"] in html
    told = await chat.hears(words["back"])
    assert await _details(deployment, chat) == {
        "name": ("Ada <Lovelace>", None),
        "email": ("ada@example.org", None),
    }
    assert await deployment.granted(chat.psid) == set()
    await chat.taps(told.quick_replies[0].title)
    asked = await chat.hears()
    assert words["yes"] in [choice.title for choice in asked.quick_replies]
    assert (await _hand_in(url, file))[0] == 404


async def test_the_language_comes_back(deployment: Deployment) -> None:
    """The person is spoken to as before, whatever they wrote first after their return."""
    chat = await _greeted(deployment, WORDS["de"]["hello"])
    file = await _file_of(chat, WORDS["de"])
    await _erase(deployment, chat, WORDS["de"])
    await chat.says("Hello")
    await chat.hears("Hello")
    await _hand_in(await _page_to_bring_back(chat, WORDS["en"]), file)
    await chat.hears(WORDS["de"]["back"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_other_files_bring_nothing_back(deployment: Deployment, language: str) -> None:
    """Changed, somebody else's, of another Page, broken, used: each has its answer."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    file = await _file_of(chat, words)
    others = await _file_of(await _greeted(deployment, words["hello"]), words)
    elsewhere = await _greeted(deployment, words["hello"], PAGES[1].id)
    of_other_page = await _file_of(elsewhere, words)
    url = await _page_to_bring_back(chat, words)
    for wrong, why in (
        (with_a_byte_changed(file, len(file) // 2), "changed"),
        (others, "foreign"),
        (of_other_page, "foreign"),
        (file[: len(file) // 2], "broken"),
        (b"", "broken"),
    ):
        status, html = await _hand_in(url, wrong)
        assert status == 422
        assert words[why] in html
    assert (await _hand_in(url, file))[0] == 200
    await chat.hears(words["back"])
    status, html = await _hand_in(await _page_to_bring_back(chat, words), file)
    assert status == 422
    assert words["used"] in html


async def test_a_file_handed_in_leaves_no_trace_of_its_content(deployment: Deployment) -> None:
    """What is remembered is a hash of its number."""
    chat = await _greeted(deployment, "Hello")
    file = await _file_of(chat, WORDS["en"])
    await _hand_in(await _page_to_bring_back(chat, WORDS["en"]), file)
    async with deployment.bot.store.read() as tx:
        (row,) = (await tx.execute(sa.select(tables.restores))).all()
    assert len(row.file_hash) == 32


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_chat_takes_the_file_too(deployment: Deployment, language: str) -> None:
    """As an attachment, in the place where it is waited for; each fault is told there as well."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    file = await _file_of(chat, words)
    await _give_details(deployment, chat)
    whole = await _file_of(chat, words)
    await _erase(deployment, chat, words)
    await _page_to_bring_back(chat, words)
    for wrong, why in (
        (with_a_byte_changed(file, 100), "changed"),
        (b"a letter", "broken"),
        (b"x" * (1024 * 1024 + 1), "too_large"),
    ):
        await deployment.simulator.send_file(chat.psid, "my-data.html", wrong)
        await chat.hears(words["reading"])
        await chat.hears(words[why])
    await deployment.simulator.send_file(chat.psid, "my-data.html", whole)
    await chat.hears(words["reading"])
    await chat.hears(words["back"])
    assert (await _details(deployment, chat))["name"] == ("Ada <Lovelace>", None)
    await deployment.settles()


async def test_elsewhere_a_file_is_not_opened(deployment: Deployment) -> None:
    """A file that nobody asked for is not fetched."""
    chat = await _greeted(deployment, "Hello")
    file = await _file_of(chat, WORDS["en"])
    await chat.says("cancel")
    await chat.hears()
    await deployment.simulator.send_file(chat.psid, "my-data.html", file)
    await chat.hears("text")
    async with deployment.bot.store.read() as tx:
        assert (await tx.execute(sa.select(tables.restores))).all() == []


async def test_what_is_there_already_keeps_its_proof(deployment: Deployment) -> None:
    """A file that says nothing new takes nothing away: the address stays confirmed."""
    chat = await _greeted(deployment, "Hello")
    await _give_details(deployment, chat)
    before = await _details(deployment, chat)
    file = await _file_of(chat, WORDS["en"])
    url = await _page_to_bring_back(chat, WORDS["en"])
    assert (await _hand_in(url, file))[0] == 200
    assert await _details(deployment, chat) == before
