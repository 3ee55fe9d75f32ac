"""People who give a detail, in two languages, and the page on which they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from storage import KnownPerson
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment
from tests.kit.post import code_in, letters

ADDRESS = "anna@example.org"
MAIL = {"host": "127.0.0.1", "sender": "club@example.org"}
#: What people in each language say, tap and hear.
WORDS = {
    "en": {
        "hello": "Hello",
        "news": "news",
        "yes": "Yes",
        "reason": "we need your e-mail address: Club news",
        "here": "Write it here",
        "skip": "Skip",
        "new_code": "New code",
        "got_it": "I sent a code to your address",
        "confirmed": "your address is confirmed",
        "wrong": "not the code",
        "correct": "correct",
        "e-mail": "E-mail",
        "change": "Change",
        "remove": "Remove",
        "removed": "It is removed",
        "stop": "STOP",
    },
    "de": {
        "hello": "Guten Tag",
        "news": "Neuigkeiten",
        "yes": "Ja",
        "reason": "brauchen wir Ihre E-Mail-Adresse: Neuigkeiten",
        "here": "Hier schreiben",
        "skip": "Überspringen",
        "new_code": "Neuer Code",
        "got_it": "einen Code an Ihre Adresse geschickt",
        "confirmed": "Ihre Adresse ist bestätigt",
        "wrong": "nicht der Code",
        "correct": "berichtigen",
        "e-mail": "E-Mail",
        "change": "Ändern",
        "remove": "Entfernen",
        "removed": "Das ist gelöscht",
        "stop": "STOPP",
    },
}
Words = Mapping[str, str]


def purposes(*needs: str) -> list[dict[str, Any]]:
    """Return one purpose that needs these details."""
    german = {"title": "Neuigkeiten", "text": "Neues zu Treffen."}
    news = {"id": "news", "class": "marketing", "title": "Club news", "text": "About events."}
    return [news | {"de": german, "needs": list(needs)}]


@dataclass(frozen=True)
class Page:
    """What the page of a link answered."""

    status: int
    html: str


async def opened(url: str) -> Page:
    """Open a link, as a preview does too."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return Page(answer.status, await answer.text())


async def sent(url: str, value: str) -> Page:
    """Send the form of a link."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data={"value": value}) as answer,
    ):
        return Page(answer.status, await answer.text())


async def known(deployment: Deployment, chat: Chat) -> KnownPerson:
    """Return a person as the store knows them."""
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.write() as tx:
        found = await store.people.find(tx, [lookup])
        person = await store.people.get(tx, found[lookup])
    assert person is not None
    return person


async def given(deployment: Deployment, chat: Chat) -> dict[str, tuple[str, bool]]:
    """Return what a person gave, and whether it is proven."""
    person = await known(deployment, chat)
    async with deployment.bot.store.read() as tx:
        held = await deployment.bot.store.details.of(tx, person.person_id, person.key)
    return {name: (one.value, one.verified_at_ms is not None) for name, one in held.items()}


async def asked(deployment: Deployment, words: Words = WORDS["en"]) -> tuple[Chat, str]:
    """Let somebody say yes to what needs an address; return the link of its page."""
    chat = deployment.person()
    await chat.says(words["hello"])
    await chat.hears()
    await chat.says(words["news"])
    await chat.hears()
    await chat.taps(words["yes"])
    question = await chat.hears(words["reason"])
    (button,) = question.buttons
    assert button.url is not None
    return chat, button.url


async def newest_code(deployment: Deployment, count: int = 1) -> str:
    """Return the code in the newest mail, of which there must be so many."""
    waiting = await letters(deployment.bot.store)
    assert len(waiting) == count
    return code_in(waiting[-1])


def other_than(code: str) -> str:
    """Return a code that is wrong."""
    return f"{(int(code) + 1) % 10**6:06}"
