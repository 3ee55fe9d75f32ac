"""Details that a purpose needs: asked with the reason, given on a page or here, or skipped."""

from collections.abc import AsyncIterator

import pytest

from bot.turns.items import Names, items_of
from storage.holdings import everything_of
from tests.kit.deployment import Databases, Deployment, deployed
from tests.kit.giving import (
    ADDRESS,
    MAIL,
    WORDS,
    Words,
    asked,
    given,
    known,
    newest_code,
    opened,
    purposes,
    sent,
)
from tests.kit.post import code_in, letters

LANGUAGES = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)


@pytest.fixture
async def deployment(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot whose news needs an e-mail address."""
    async with deployed(databases, purposes=purposes("email"), mail=MAIL) as running:
        yield running


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


async def test_messenger_may_fill_in_what_it_knows(deployment: Deployment) -> None:
    """A tap on the person's own address is as good as typing it."""
    chat, _ = await asked(deployment)
    await chat.taps("Write it here")
    request = await chat.hears("your e-mail address")
    assert [reply.title for reply in request.quick_replies] == ["Skip", "person@example.com"]
    await chat.taps("person@example.com")
    await chat.hears("I sent a code")
    assert await given(deployment, chat) == {"email": ("person@example.com", False)}


async def test_my_data_shows_what_was_given(deployment: Deployment) -> None:
    """Masked like everything until asked for, then as it was given; the code is never shown."""
    chat, _ = await asked(deployment)
    await chat.says(ADDRESS)
    await chat.hears()
    code = await newest_code(deployment)
    person = await known(deployment, chat)
    async with deployment.bot.store.read() as tx:
        held = await everything_of(tx, person)
    items = list(items_of(held, Names("Meta"), language="en"))
    assert ("the detail as you gave it", ADDRESS, "provided") in {
        (item.label, item.value, item.origin) for item in items
    }
    assert ("what kind of detail it is", "E-mail") in {(item.label, item.value) for item in items}
    assert not any(code in item.value for item in items)


async def test_what_a_page_took_is_told_while_a_human_holds_the_chat(
    deployment: Deployment,
) -> None:
    """The page promises that the chat asks for the code: so it does, and it takes it, too."""
    chat, url = await asked(deployment)
    await chat.says("human")
    await chat.hears()
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    assert (await sent(url, ADDRESS)).status == 200
    await chat.hears("I sent a code")
    await chat.says("this is for the human: 1")
    await chat.says(await newest_code(deployment))
    await chat.hears("your address is confirmed")
    await deployment.settles()
    assert deployment.simulator.people.get(chat.psid).owner_app_id is not None, "given back"
