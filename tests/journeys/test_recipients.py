"""Whoever else got a person's data hears that it was erased, until they have confirmed it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from typing import Any

import aiohttp
import pytest

from storage.db.telling_tables import tellings
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.recipient import TOKEN, RecipientServer

DAY_S = 24 * 3600
HOUR_S = 3600
BY_HAND = {"name": "Example Print", "role": "printing", "country": "DE"}


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


@pytest.fixture
async def recipient() -> AsyncIterator[RecipientServer]:
    """Somebody who gets data."""
    async with RecipientServer() as server:
        yield server


async def _leaves(deployment: Deployment, *, agrees: bool = True) -> tuple[Chat, str]:
    """Come, agree or not, be erased; return the person and the page of their receipt."""
    chat = deployment.person()
    if agrees:
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
    else:
        await chat.says("Hello")
    await chat.hears()
    await chat.says("delete me")
    await chat.hears()
    await chat.says("DELETE")
    (url,) = re.findall(r"http\S+", (await chat.hears("receipt")).text)
    await deployment.until(lambda: deployment.has_people(0))
    return chat, url


async def _page(url: str) -> str:
    """Return what the page of a receipt says."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}?lang=en") as answer:
        assert answer.status == 200
        text = unescape(re.sub(r"<[^>]+>", " ", await answer.text()))
    return " ".join(text.split())


async def _open_tellings(deployment: Deployment) -> list[Any]:
    async with deployment.bot.store.read() as tx:
        query = tellings.select().where(tellings.c.settled_at_ms.is_(None))
        return list((await tx.execute(query)).all())


async def _none_is_open(deployment: Deployment) -> bool:
    return not await _open_tellings(deployment)


async def _is_put_off(deployment: Deployment, attempts: int) -> bool:
    """Tell whether a telling waits for its next try, after so many."""
    return [(row.attempts, row.claimed_until_ms) for row in await _open_tellings(deployment)] == [
        (attempts, 0)
    ]


async def test_a_recipient_is_told_and_confirms(
    either: Databases, recipient: RecipientServer
) -> None:
    """Page, Messenger id, a random number and the time, with the token; the page tells the day."""
    async with deployed(either, recipients=[recipient.table()]) as deployment:
        before = deployment.clock.now()
        chat, url = await _leaves(deployment)
        await deployment.until(lambda: _none_is_open(deployment))
        (told,) = recipient.told
        assert set(told) == {"type", "page_id", "psid", "telling_id", "erased_at"}
        assert (told["type"], told["page_id"], told["psid"]) == ("person.erased", PAGE, chat.psid)
        assert datetime.fromisoformat(told["erased_at"]) >= before.replace(microsecond=0)
        assert recipient.tokens == [f"Bearer {TOKEN}"]
        day = deployment.clock.now().date().isoformat()
        assert f"Example Post told, and confirmed on {day}" in await _page(url)


async def test_told_again_until_it_confirms(either: Databases, recipient: RecipientServer) -> None:
    """After ten failures the eleventh try is taken; meanwhile our erasure is done and proven."""
    recipient.answers = [500] * 10 + [200]
    async with deployed(either, recipients=[recipient.table()]) as deployment:
        _chat, url = await _leaves(deployment)
        for attempt in range(1, 11):
            await deployment.until(lambda number=attempt: _is_put_off(deployment, number))
            said = await _page(url)
            assert "Your data is erased" in said
            assert "Example Post told, not confirmed yet, since" in said
            deployment.clock.move(HOUR_S)
        await deployment.until(lambda: _none_is_open(deployment))
        assert "Example Post told, and confirmed on" in await _page(url)
    assert len(recipient.told) == 11
    assert len({told["telling_id"] for told in recipient.told}) == 1
