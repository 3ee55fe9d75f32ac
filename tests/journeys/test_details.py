"""Details that a purpose needs: asked with the reason, given, proven, corrected, removed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from storage import KnownPerson
from storage.codes import LIFETIME_MS
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
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
LANGUAGES = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
Words = Mapping[str, str]


def purposes(*needs: str) -> list[dict[str, Any]]:
    """Return one purpose that needs these details."""
    german = {"title": "Neuigkeiten", "text": "Neues zu Treffen."}
    news = {"id": "news", "class": "marketing", "title": "Club news", "text": "About events."}
    return [news | {"de": german, "needs": list(needs)}]


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot whose news needs an e-mail address."""
    async with deployed(databases, purposes=purposes("email"), mail=MAIL) as running:
        yield running


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


@LANGUAGES
async def test_an_address_is_given_on_the_page_and_proven_by_a_code(
    deployment: Deployment, words: Words
) -> None:
    """The chat goes on by itself; the mail's subject says nothing; the address is in no clear."""
    chat, url = await asked(deployment, words)
    assert (await opened(url)).status == 200
    assert (await sent(url, ADDRESS)).status == 200
    await chat.hears(words["got_it"])
    (letter,) = await letters(deployment.bot.store)
    assert letter.to == ADDRESS
    assert code_in(letter) not in letter.subject
    await chat.says(code_in(letter))
    await chat.hears(words["confirmed"])
    assert await given(deployment, chat) == {"email": (ADDRESS, True)}
    assert await deployment.is_on_no_disk(ADDRESS.encode())


@LANGUAGES
async def test_who_skips_is_not_asked_again_unless_they_ask(
    deployment: Deployment, words: Words
) -> None:
    """The yes stands; another START does not ask; CORRECT does."""
    chat, _ = await asked(deployment, words)
    await chat.taps(words["skip"])
    await chat.hears(words["correct"].upper())
    assert await deployment.granted(chat.psid) == {"news"}
    await chat.says(words["stop"])
    await chat.hears()
    await chat.says("START")
    await chat.hears()
    await chat.taps(words["yes"])
    answer = await chat.hears(words["stop"][:4])
    assert not answer.buttons
    await chat.says(words["correct"])
    await chat.hears()
    await chat.taps(words["e-mail"])
    await chat.hears(words["reason"])


@LANGUAGES
async def test_wrong_codes_end_after_five_tries(deployment: Deployment, words: Words) -> None:
    """Each says how many are left; then also the right one counts no more, and a new one does."""
    chat, url = await asked(deployment, words)
    await sent(url, ADDRESS)
    await chat.hears()
    code = await newest_code(deployment)
    for left in (4, 3, 2, 1):
        await chat.says(other_than(code))
        await chat.hears(f": {left}.")
    await chat.says(other_than(code))
    await chat.hears(words["new_code"])
    await chat.says(code)
    await chat.hears(words["new_code"])
    deployment.clock.move(1)
    await chat.taps(words["new_code"])
    await chat.hears(words["got_it"])
    await chat.says(await newest_code(deployment, 2))
    await chat.hears(words["confirmed"])


async def test_a_code_counts_for_a_quarter_of_an_hour(deployment: Deployment) -> None:
    """After that it says so, and a new one can be had."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    deployment.clock.move(LIFETIME_MS // 1000)
    await chat.says(await newest_code(deployment))
    await chat.hears("older than 15 minutes")


async def test_three_codes_an_hour_are_the_most(deployment: Deployment) -> None:
    """Also for another address: nobody's letter box is filled through us."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    for _ in range(2):
        await chat.taps("New code")
        await chat.hears("I sent a code")
    await chat.taps("New code")
    await chat.hears("three codes an hour")
    await chat.says("correct")
    await chat.hears()
    await chat.taps("E-mail")
    await chat.hears()
    await chat.taps("Change")
    await chat.hears()
    await chat.taps("Write it here")
    await chat.hears()
    await chat.says("somebody.else@example.org")
    await chat.hears("three codes an hour")
    assert len(await letters(deployment.bot.store)) == 3


async def test_a_text_that_is_no_code_costs_no_try(deployment: Deployment) -> None:
    """Whoever asks back is told what a code looks like."""
    chat, url = await asked(deployment)
    await sent(url, ADDRESS)
    await chat.hears()
    for _ in range(6):
        await chat.says("which one?")
        await chat.hears("six digits")
    await chat.says(await newest_code(deployment))
    await chat.hears("confirmed")


@LANGUAGES
async def test_what_was_given_is_changed_and_removed(deployment: Deployment, words: Words) -> None:
    """It is shown masked; a new address is unproven; what is removed is gone."""
    chat, url = await asked(deployment, words)
    await sent(url, ADDRESS)
    await chat.hears()
    await chat.says(await newest_code(deployment))
    await chat.hears()
    await chat.says(words["correct"])
    listed = await chat.hears("a•••@•••.org")
    assert ADDRESS not in listed.text
    await chat.taps(words["e-mail"])
    await chat.hears()
    await chat.taps(words["change"])
    page = await chat.hears()
    await sent(page.buttons[0].url or "", "other@example.org")
    await chat.hears(words["got_it"])
    assert await given(deployment, chat) == {"email": ("other@example.org", False)}
    await chat.says(words["correct"])
    await chat.hears("o•••@•••.org")
    await chat.taps(words["e-mail"])
    await chat.hears()
    await chat.taps(words["remove"])
    await chat.hears(words["removed"])
    assert await given(deployment, chat) == {}


async def test_a_link_works_once_and_for_a_day(deployment: Deployment) -> None:
    """A preview does not spend it, a slip does not, the value does; each says what to do next."""
    chat, url = await asked(deployment)
    for _ in range(3):
        assert (await opened(url)).status == 200
    refused = await sent(url, "anna at example")
    assert refused.status == 400
    assert "anna at example" in refused.html
    assert (await sent(url, ADDRESS)).status == 200
    await chat.hears()
    for again in (await opened(url), await sent(url, "other@example.org")):
        assert again.status == 410
        assert "CORRECT" in again.html
    assert await given(deployment, chat) == {"email": (ADDRESS, False)}
    _, later = await asked(deployment)
    deployment.clock.move(24 * 3600)
    assert (await opened(later)).status == 410
    assert (await sent(later, ADDRESS)).status == 410
    assert (await opened(f"{url}x")).status == 410


async def test_withdrawing_takes_what_was_given_for_it(deployment: Deployment) -> None:
    """After STOP the address is gone, and its link works no more."""
    chat, url = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears("I sent a code")
    assert await given(deployment, chat) == {"email": (ADDRESS, False)}
    await chat.says("STOP")
    await chat.hears("To come back")
    assert await given(deployment, chat) == {}
    assert (await opened(url)).status == 410
    assert (await sent(url, ADDRESS)).status == 410
    await chat.says("correct")
    await chat.hears("no details")


async def test_a_restricted_person_keeps_and_corrects_what_they_gave(
    deployment: Deployment,
) -> None:
    """Restriction deletes nothing and forbids no correction; lifting it takes what is unneeded."""
    chat, _ = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears()
    await chat.says("restrict")
    await chat.hears()
    await chat.says("STOP")
    await chat.hears()
    assert await given(deployment, chat) == {"email": (ADDRESS, False)}
    await chat.says("correct")
    await chat.hears("a•••@•••.org")
    await chat.says("resume")
    await chat.hears()
    assert await given(deployment, chat) == {}


async def test_correct_works_while_a_human_holds_the_thread(deployment: Deployment) -> None:
    """A human in the Page's inbox does not stand between a person and their rights."""
    chat, _ = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears()
    await deployment.simulator.page_inbox_says(chat.psid, "Hello, this is a human.")
    await chat.hears("a human")
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    await chat.says("correct")
    await chat.hears("a•••@•••.org")
    await chat.taps("E-mail")
    await chat.hears("change it")
    await chat.taps("Change")
    page = await chat.hears()
    await sent(page.buttons[0].url or "", "other@example.org")
    await chat.hears("I sent a code")


async def test_several_details_are_asked_one_after_the_other(databases: Databases) -> None:
    """One at a time, each with its reason; what was given is kept in its usual form."""
    needs = purposes("name", "phone", "time_zone")
    async with deployed(databases, purposes=needs) as deployment:
        chat = deployment.person()
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
        await chat.hears("your name")
        await chat.taps("Write it here")
        await chat.hears()
        await chat.says("Anna  Muster")
        await chat.hears("your phone number")
        await chat.says("030 12")
        await chat.hears("country code")
        await chat.says("0049 30 901820")
        phone = await chat.hears("your time zone")
        page = await opened(phone.buttons[0].url or "")
        assert '<option value="Europe/Berlin">' in page.html
        await sent(phone.buttons[0].url or "", "Europe/Berlin")
        await chat.hears("Got it.")
        assert await given(deployment, chat) == {
            "name": ("Anna Muster", False),
            "phone": ("+49 30 901820", False),
            "time_zone": ("Europe/Berlin", False),
        }


async def test_without_mail_nobody_is_asked_for_an_address(databases: Databases) -> None:
    """It could not be proven, so there is nothing to ask."""
    async with deployed(databases, purposes=purposes("email")) as deployment:
        chat = deployment.person()
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
        answer = await chat.hears("You get: Club news")
        assert not answer.buttons
