"""How long somebody is kept, over the wire, with the clock moved: what was told is what happens."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from flows.dates import day_in
from flows.kit.texts import translate
from flows.rights_words import OBJECT, RESTRICT, WITHDRAW
from flows.words import NEWS, STOP, as_shown
from storage.db.tables import cases
from tests.kit.chat import Chat
from tests.kit.deployment import Deployment

LANGUAGES = ("en", "de")
DAY_S = 86_400


async def _opted_in(deployment: Deployment, language: str = "en") -> Chat:
    chat = deployment.person()
    await chat.says(as_shown(NEWS, language))
    await chat.hears()
    await chat.taps(translate(language, "Yes"))
    await chat.hears()
    return chat


async def _sweep(deployment: Deployment) -> None:
    """Sweep as the scheduler does, and wait for the end of it."""
    await deployment.bot.store.erase_due(now_ms=deployment.clock.now_ms())


def _in_30_days(deployment: Deployment, language: str) -> str:
    now = datetime.fromtimestamp(deployment.clock.now_ms() / 1000, UTC)
    return day_in(language, (now + timedelta(days=30)).date())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", [STOP, WITHDRAW])
async def test_the_day_that_is_told_is_the_day(
    deployment: Deployment, language: str, word: str
) -> None:
    """Whoever ends everything hears the day in that one answer, and is gone on it, not before."""
    chat = await _opted_in(deployment, language)
    await chat.says(as_shown(word, language))
    told = await chat.hears()
    if word == WITHDRAW:
        await chat.taps(told.quick_replies[0].title)
        told = await chat.hears()
    assert _in_30_days(deployment, language) in told.text
    said = len(chat.bubbles())
    deployment.clock.move(30 * DAY_S - 60)
    await _sweep(deployment)
    assert await deployment.has_people(1)
    deployment.clock.move(120)
    await deployment.until(lambda: deployment.has_people(0))
    assert len(chat.bubbles()) == said


async def test_a_stranger_is_forgotten_after_two_days(deployment: Deployment) -> None:
    """Counted from their last message; whoever agreed stays."""
    stranger, member = deployment.person(), await _opted_in(deployment)
    await stranger.says("Hello")
    await stranger.hears()
    deployment.clock.move(47 * 3_600)
    await stranger.says("Hello")
    await stranger.hears()
    deployment.clock.move(47 * 3_600)
    await _sweep(deployment)
    assert await deployment.has_people(2)
    deployment.clock.move(2 * 3_600)
    await deployment.until(lambda: deployment.has_people(1))
    assert await deployment.granted(member.psid) == {"news"}


async def test_a_year_of_silence_ends_it(deployment: Deployment) -> None:
    """Also for whoever agreed, and without another word."""
    chat = await _opted_in(deployment)
    said = len(chat.bubbles())
    deployment.clock.move(359 * DAY_S)
    await _sweep(deployment)
    assert await deployment.has_people(1)
    deployment.clock.move(2 * DAY_S)
    await deployment.until(lambda: deployment.has_people(0))
    assert len(chat.bubbles()) == said


async def test_an_unanswered_request_and_a_restriction_hold_it_up(deployment: Deployment) -> None:
    """Both outlast the thirty days; an answer lets the erasure go on."""
    asking, restricting = await _opted_in(deployment), await _opted_in(deployment)
    for chat, word in ((asking, OBJECT), (restricting, RESTRICT)):
        await chat.says(as_shown(word, "en"))
        await chat.hears()
        if word == OBJECT:
            await chat.taps("Ask the team")
            await chat.hears()
        await chat.says("stop")
        await chat.hears()
    deployment.clock.move(40 * DAY_S)
    await _sweep(deployment)
    assert await deployment.has_people(2)
    async with deployment.bot.store.write() as tx:
        (number,) = (await tx.execute(sa.select(cases.c.number))).scalars()
        await deployment.bot.store.cases.mark_answered(tx, number)
    await _sweep(deployment)
    assert await deployment.has_people(1)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_after_stop_news_are_not_offered_but_given(
    deployment: Deployment, language: str
) -> None:
    """No button asks for what was just refused; the word does, at once."""
    chat = await _opted_in(deployment, language)
    await chat.says("stop")
    await chat.hears()
    await chat.says("qwertz")
    lost = await chat.hears()
    assert translate(language, "News") not in [choice.title for choice in lost.quick_replies]
    await chat.says(as_shown(NEWS, language))
    asked = await chat.hears()
    assert asked.quick_replies[0].title == translate(language, "Yes")
