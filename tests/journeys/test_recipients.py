"""Whoever else got a person's data hears that it was erased, until they have confirmed it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa

from storage.db.telling_tables import tellings
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.recipient import TOKEN, RecipientServer
from tests.storage import raw_files

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


@pytest.mark.parametrize("status", [200, 202, 404, 410])
async def test_who_holds_nothing_has_confirmed_too(
    databases: Databases, recipient: RecipientServer, status: int
) -> None:
    """Done, taken note of, or nobody known there: it is not told again."""
    recipient.answers = [status]
    async with deployed(databases, recipients=[recipient.table()]) as deployment:
        _chat, url = await _leaves(deployment)
        await deployment.until(lambda: _none_is_open(deployment))
        assert "confirmed on" in await _page(url)
        deployment.clock.move(DAY_S)
    assert len(recipient.told) == 1


@pytest.mark.parametrize("status", [302, 307, 308, 400, 401, 403])
async def test_whatever_else_it_answers_is_no_confirmation(
    databases: Databases, recipient: RecipientServer, status: int
) -> None:
    """It is told again later; where it wants to send us nobody is told anything."""
    recipient.answers = [status]
    async with RecipientServer(name="Example Elsewhere") as elsewhere:
        recipient.location = elsewhere.table()["erasure_url"]
        async with deployed(databases, recipients=[recipient.table()]) as deployment:
            await _leaves(deployment)
            await deployment.until(lambda: _is_put_off(deployment, 1))
            deployment.clock.move(HOUR_S)
            await deployment.until(lambda: _is_put_off(deployment, 2))
    assert len(recipient.told) == 2
    assert elsewhere.told == []


async def test_given_up_after_thirty_days(
    databases: Databases, recipient: RecipientServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """The page says so, the log and a counter tell the operator, and nothing is left."""
    recipient.answers = [403]
    async with deployed(databases, recipients=[recipient.table()]) as deployment:
        chat, url = await _leaves(deployment)
        await deployment.until(lambda: _is_put_off(deployment, 1))
        deployment.clock.move(31 * DAY_S)
        await deployment.until(lambda: _none_is_open(deployment))
        assert "Example Post not confirmed. We stopped trying on" in await _page(url)
        counted = deployment.bot.metrics.exposition().decode()
        assert 'chatmagico_erasures_passed_on_total{outcome="given_up"} 1.0' in counted
    told = capfd.readouterr().err
    assert '"action":"recipient.given_up"' in told
    assert chat.psid not in told


async def test_without_an_address_it_is_done_by_hand(
    databases: Databases, capfd: pytest.CaptureFixture[str]
) -> None:
    """The operator is reminded, once and without a person; the page says what we cannot do."""
    async with deployed(databases, recipients=[BY_HAND]) as deployment:
        chat, url = await _leaves(deployment)
        await deployment.until(lambda: _none_is_open(deployment))
        deployment.clock.move(HOUR_S)
        assert "Example Print cannot be told by this program" in await _page(url)
        counted = deployment.bot.metrics.exposition().decode()
        assert 'chatmagico_erasures_passed_on_total{outcome="by_hand"} 1.0' in counted
    told = capfd.readouterr().err
    assert told.count('"action":"recipient.by_hand"') == 1
    assert chat.psid not in told


async def test_who_never_got_anything_is_not_told(
    databases: Databases, recipient: RecipientServer
) -> None:
    """A recipient for news hears nothing of somebody who never agreed to news."""
    table = recipient.table(purposes=["news"])
    async with deployed(databases, recipients=[table]) as deployment:
        _chat, url = await _leaves(deployment, agrees=False)
        assert "Others who got your data" not in await _page(url)
        await _leaves(deployment, agrees=True)
        await deployment.until(lambda: _none_is_open(deployment))
    assert len(recipient.told) == 1


async def test_a_swept_person_is_passed_on_too(
    databases: Databases, recipient: RecipientServer
) -> None:
    """Whoever is erased because their time is over; then no row stays at all."""
    async with deployed(databases, recipients=[recipient.table()]) as deployment:
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        deployment.clock.move(49 * HOUR_S)
        await deployment.until(lambda: recipient.was_told(1))
        await deployment.until(lambda: _is_empty(deployment))
    assert recipient.told[0]["psid"] == chat.psid


async def _is_empty(deployment: Deployment) -> bool:
    async with deployment.bot.store.read() as tx:
        return (await tx.execute(sa.select(tellings.c.telling_id))).first() is None


async def test_sealed_until_confirmed_and_then_no_byte(
    either: Databases, recipient: RecipientServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """In no file, log or metric is the id ever readable; confirmed, its sealed form goes too."""
    recipient.answers = [503, 200]
    async with deployed(either, recipients=[recipient.table()]) as deployment:
        chat, _url = await _leaves(deployment)
        await deployment.until(lambda: _is_put_off(deployment, 1))
        (row,) = await _open_tellings(deployment)
        forms = list(raw_files.forms_of(chat.psid).values())
        for folder in await _folders(deployment):
            assert raw_files.count(folder, *forms) == 0, folder.name
        if not deployment.bot.store.is_shared:
            assert raw_files.count(either.folder, row.body)
        deployment.clock.move(HOUR_S)
        await deployment.until(lambda: _none_is_open(deployment))
        if not deployment.bot.store.is_shared:
            await deployment.until(lambda: deployment.is_on_no_disk(row.body))
            await deployment.until(lambda: deployment.is_on_no_disk(row.telling_id))
        for folder in await _folders(deployment):
            assert raw_files.count(folder, *forms) == 0, folder.name
        assert not raw_files.found(deployment.bot.metrics.exposition(), [chat.psid, TOKEN])
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), [chat.psid, TOKEN])


async def _folders(deployment: Deployment) -> list[Path]:
    """Return where the databases, and everything beside them, have their files."""
    folders = [deployment.databases.folder]
    if deployment.bot.store.is_shared:
        async with deployment.bot.store.read() as tx:
            folders.append(Path((await tx.exec_driver_sql("SHOW data_directory")).scalar_one()))
            await tx.exec_driver_sql("CHECKPOINT")
    return folders


async def test_a_restart_goes_on_telling(databases: Databases, recipient: RecipientServer) -> None:
    """What was not confirmed before the process ended is told by the next, under the same id."""
    recipient.answers = [500, 200]
    async with deployed(databases, recipients=[recipient.table()]) as deployment:
        await _leaves(deployment)
        await deployment.until(lambda: _is_put_off(deployment, 1))
    async with deployed(databases, recipients=[recipient.table()]) as deployment:
        deployment.clock.move(HOUR_S)
        await deployment.until(lambda: _none_is_open(deployment))
    assert len({told["telling_id"] for told in recipient.told}) == 1
    assert len(recipient.told) == 2
