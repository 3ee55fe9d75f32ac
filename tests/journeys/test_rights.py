"""A person's rights, in the chat, over the wire."""

import re

import pytest

from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

#: What people in each language say and hear.
WORDS = {
    "en": {
        "hello": "Hello",
        "delete_me": "delete me",
        "word": "DELETE",
        "thanks": "thanks",
        "my_data": "my data",
        "show_values": "Show values",
        "show": "Show",
        "restrict": "restrict",
        "resume": "resume",
        "human": "human",
        "cases": "cases",
        "news": "news",
        "yes": "Yes",
        "withdraw": "withdraw",
    },
    "de": {
        "hello": "Guten Tag",
        "delete_me": "lösche mich",
        "word": "LÖSCHEN",
        "thanks": "danke",
        "my_data": "meine Daten",
        "show_values": "Werte zeigen",
        "show": "Zeigen",
        "restrict": "einschränken",
        "resume": "fortsetzen",
        "human": "Mensch",
        "cases": "Anfragen",
        "news": "Neuigkeiten",
        "yes": "Ja",
        "withdraw": "widerrufen",
    },
}
LANGUAGES = tuple(WORDS)


async def _greeted(deployment: Deployment, hello: str = "Hello") -> Chat:
    chat = deployment.person()
    await chat.says(hello)
    await chat.hears()
    return chat


@pytest.mark.parametrize("language", LANGUAGES)
async def test_delete_me_erases_everything_and_gives_a_receipt(
    deployment: Deployment, language: str
) -> None:
    """A typed word erases the person; the receipt is the last message; then they are a stranger."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["delete_me"])
    await chat.hears("Meta")
    await chat.says(words["word"])
    receipt = await chat.hears()
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", receipt.text)
    await deployment.until(lambda: deployment.has_people(0))
    await chat.says(words["thanks"])
    thanks = await chat.hears()
    assert "News" not in [choice.title for choice in thanks.quick_replies]


async def _opted_in(deployment: Deployment, words: dict[str, str]) -> Chat:
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["news"])
    await chat.hears()
    await chat.taps(words["yes"])
    await chat.hears()
    assert await deployment.granted(chat.psid) == {"news"}
    return chat


@pytest.mark.parametrize("language", LANGUAGES)
async def test_my_data_shows_values_only_when_asked(deployment: Deployment, language: str) -> None:
    """Everything held is listed at once, but its values stay hidden until the person says so."""
    words = WORDS[language]
    chat = await _opted_in(deployment, words)
    await chat.says(words["my_data"])
    cards = await chat.hears()
    assert chat.psid not in cards.text
    await chat.taps(words["show_values"])
    warning = await chat.hears("Messenger")
    assert chat.psid not in warning.text
    await chat.taps(words["show"])
    shown = await chat.hears()
    assert chat.psid in shown.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_restriction_holds_until_it_is_lifted(deployment: Deployment, language: str) -> None:
    """While restricted nothing is asked and nothing is given up; RESUME brings it back."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["restrict"])
    await chat.hears("RESUME" if language == "en" else "FORTSETZEN")
    await chat.says(words["news"])
    await chat.hears("RESUME" if language == "en" else "FORTSETZEN")
    deployment.clock.move(72 * 3600)
    assert await deployment.has_people(1)
    await chat.says(words["resume"])
    await chat.hears()
    await chat.says(words["news"])
    asked = await chat.hears()
    assert words["yes"] in [choice.title for choice in asked.quick_replies]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_request_has_a_number_that_stays(deployment: Deployment, language: str) -> None:
    """Asking for a human opens one case, whose number CASES shows again."""
    words = WORDS[language]
    chat = await _greeted(deployment, words["hello"])
    await chat.says(words["human"])
    opened = await chat.hears()
    (number,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", opened.text)
    await deployment.settles()  # the humans have the thread
    await deployment.simulator.hand_back(chat.psid)
    await chat.hears()
    await chat.says(words["human"])
    await chat.hears(number)
    await chat.says(words["cases"])
    await chat.hears(number)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_withdrawing_takes_no_more_steps_than_agreeing(
    deployment: Deployment, language: str
) -> None:
    """One word and one tap led to the yes; one word, and at most one tap, end it."""
    words = WORDS[language]
    chat = await _opted_in(deployment, words)
    await chat.says(words["withdraw"])
    asked = await chat.hears()
    if await deployment.granted(chat.psid):
        await chat.taps(asked.quick_replies[0].title)
        await chat.hears()
    assert await deployment.granted(chat.psid) == set()


async def test_rights_words_work_while_a_human_holds_the_thread(deployment: Deployment) -> None:
    """A human in the Page's inbox does not stand between a person and their rights."""
    chat = await _greeted(deployment)
    await deployment.simulator.page_inbox_says(chat.psid, "Hello, this is a human.")
    await chat.hears("a human")
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    await chat.says("my data")
    await chat.hears("I hold")


async def test_an_erased_person_leaves_no_byte_and_no_key(deployment: Deployment) -> None:
    """After DELETE the row's blind index is in no file, and the key is gone."""
    chat = await _greeted(deployment)
    store = deployment.bot.store
    lookup = store.keyring.lookup(deployment.settings.pages[0].id, chat.psid)
    async with store.read() as tx:
        (person,) = (await store.people.find(tx, [lookup])).values()
    await chat.says("delete me")
    await chat.hears()
    await chat.says("DELETE")
    await chat.hears("receipt")
    await deployment.until(lambda: deployment.has_people(0))
    await deployment.until(lambda: deployment.is_on_no_disk(lookup))
    assert await store.keyring.find([person]) == {}
