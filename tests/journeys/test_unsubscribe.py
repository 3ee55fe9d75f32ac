"""Ending news outside the chat, over the wire: a link, a tap, and what the chat knows of it."""

import asyncio

import aiohttp
import pytest
import sqlalchemy as sa

from storage import PersonId
from storage.db.tables import consents, people
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.giving import MAIL, given, purposes, sent

WORDS = {
    "en": (
        "news",
        "Yes",
        "you no longer get",
        "had ended before",
        "withdraw",
        "nothing to withdraw",
    ),
    "de": ("Neuigkeiten", "Ja", "erhalten Sie nicht mehr", "schon beendet", "widerrufen", "nichts"),
}


async def _person(deployment: Deployment, chat: Chat) -> PersonId:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        return (await store.people.find(tx, [lookup]))[lookup]


async def _link(deployment: Deployment, chat: Chat, purpose: str = "") -> str:
    person = await _person(deployment, chat)
    async with deployment.bot.store.write() as tx:
        return await deployment.bot.desks.subscriptions.make_link(tx, person, purpose=purpose)


async def _opted_in(deployment: Deployment, language: str = "en") -> Chat:
    news, yes, *_ = WORDS[language]
    chat = deployment.person()
    await chat.says(news)
    await chat.hears()
    await chat.taps(yes)
    await chat.hears()
    assert await deployment.granted(chat.psid) == {"news"}
    return chat


async def _post(url: str, data: object = None) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("language", WORDS)
async def test_one_tap_on_the_page_ends_the_news(deployment: Deployment, language: str) -> None:
    """A hundred previews change nothing; the tap counts at once, is on record, and stays silent."""
    _, _, ended, before, withdraw, nothing = WORDS[language]
    chat = await _opted_in(deployment, language)
    url = await _link(deployment, chat)
    async with aiohttp.ClientSession() as session:
        for _ in range(100):
            async with session.get(url) as page:
                assert page.status == 200
    assert await deployment.granted(chat.psid) == {"news"}
    said = len(chat.bubbles())
    status, html = await _post(url, {"List-Unsubscribe": "One-Click"})
    assert (status, ended in html) == (200, True)
    assert await deployment.granted(chat.psid) == set()
    status, html = await _post(url)
    assert (status, before in html) == (200, True)
    await chat.says(withdraw)
    await chat.hears(nothing)
    assert len(chat.bubbles()) == said + 1
    async with deployment.bot.store.read() as tx:
        acts = (await tx.execute(sa.select(consents.c.act, consents.c.counts))).all()
    assert [tuple(act) for act in acts] == [("granted", True), ("withdrawn", True)]


async def test_my_data_shows_the_withdrawal(deployment: Deployment) -> None:
    """What happened on the page stands in the chat's own record."""
    chat = await _opted_in(deployment)
    await _post(await _link(deployment, chat))
    await chat.says("my data")
    shown = await chat.hears()
    said = shown.text
    while "Next page" in [choice.title for choice in shown.quick_replies]:
        await chat.taps("Next page")
        shown = await chat.hears()
        said += shown.text
    assert "when you last withdrew" in said


async def test_news_begins_anew_in_the_chat(deployment: Deployment) -> None:
    """Whoever ended it on the page is asked again only because they ask, and can say yes again."""
    chat = await _opted_in(deployment)
    url = await _link(deployment, chat, "news")
    await _post(url)
    await chat.says("news")
    await chat.hears("May we send you this?")
    deployment.clock.move(1)
    await chat.taps("Yes")
    await chat.hears("You get: Club news.")
    await _post(url)
    assert await deployment.granted(chat.psid) == set()


async def test_an_unsubscribed_person_goes_when_the_page_said(deployment: Deployment) -> None:
    """Thirty days after the last withdrawal, though nobody wrote in the chat since."""
    chat = await _opted_in(deployment)
    _, html = await _post(await _link(deployment, chat))
    async with deployment.bot.store.read() as tx:
        (due_at_ms,) = (await tx.execute(sa.select(people.c.erase_due_at_ms))).scalars()
    left_s = (due_at_ms - deployment.clock.now_ms()) / 1000
    assert 30 * 86_400 - 60 < left_s <= 30 * 86_400
    assert "due to be erased on" in html
    deployment.clock.move(31 * 86_400)
    await deployment.until(lambda: deployment.has_people(0))


async def test_after_erasure_the_link_leads_to_nobody(deployment: Deployment) -> None:
    """The page says that nothing is sent, and not that there ever was somebody."""
    chat = await _opted_in(deployment)
    url = await _link(deployment, chat)
    unknown = await _post(url[:-5] + "AAAAA")
    await chat.says("delete me")
    await chat.hears()
    await chat.says("DELETE")
    await chat.hears("receipt")
    await deployment.until(lambda: deployment.has_people(0))
    gone = await _post(url)
    assert gone == unknown
    assert gone[0] == 404


async def test_it_works_where_the_key_is_lost(deployment: Deployment) -> None:
    """Consents are not sealed, so ending them needs no key."""
    chat = await _opted_in(deployment)
    url = await _link(deployment, chat)
    await deployment.bot.store.keyring.destroy([await _person(deployment, chat)])
    status, html = await _post(url)
    assert (status, "you no longer get" in html) == (200, True)
    assert await deployment.granted(chat.psid) == set()


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


async def test_many_taps_at_once_are_one_withdrawal(either: Databases) -> None:
    """Ten clicks at the same moment leave one on record, on either database."""
    async with deployed(either) as deployment:
        chat = await _opted_in(deployment)
        url = await _link(deployment, chat)
        answers = await asyncio.gather(*(_post(url) for _ in range(10)))
        assert {status for status, _ in answers} == {200}
        async with deployment.bot.store.read() as tx:
            acts = (await tx.execute(sa.select(consents.c.act))).scalars().all()
        assert sorted(acts) == ["granted", "withdrawn"]


async def test_what_only_the_news_needed_goes_with_them(databases: Databases) -> None:
    """A name given for the news is deleted when the page ends them."""
    async with deployed(databases, purposes=purposes("name"), mail=MAIL) as deployment:
        chat = deployment.person()
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
        question = await chat.hears()
        assert question.buttons[0].url is not None
        await sent(question.buttons[0].url, "Anna")
        await chat.hears()
        assert set(await given(deployment, chat)) == {"name"}
        await _post(await _link(deployment, chat))
        assert await given(deployment, chat) == {}
