"""From the first word to STOP and back, over the wire."""

import pytest

from tests.kit.deployment import Deployment


async def test_a_person_is_told_opts_in_stops_and_returns(deployment: Deployment) -> None:
    """A person hears what this is and says yes; STOP ends it at once, START asks anew."""
    chat = deployment.person()
    await chat.says("Hello")
    greeting = await chat.hears("automated bot")
    assert "health, bank or identity" in greeting.text
    await chat.taps("News")
    await chat.hears("May we send you this?")
    await chat.taps("Yes")
    await chat.hears("Noted: yes")
    await chat.says("STOP")
    await chat.hears("You no longer get")
    await chat.says("start")
    await chat.hears("May we send you this?")
    await chat.taps("No")
    await chat.hears("Noted: no")


async def test_the_same_in_german(deployment: Deployment) -> None:
    """A German greeting is answered in German, and so is everything after it."""
    chat = deployment.person()
    await chat.says("Guten Tag")
    await chat.hears("Bot")
    await chat.says("Neuigkeiten")
    await chat.hears("Neues zu Treffen")
    await chat.taps("Ja")
    await chat.hears("Notiert: ja")
    await chat.says("Stopp!!")
    stopped = await chat.hears()
    assert not stopped.quick_replies


@pytest.mark.parametrize("word", ["help", "what do you do?"])
async def test_the_question_is_answered_before_the_notice(
    deployment: Deployment, word: str
) -> None:
    """First contact answers what was said, then says in the same bubble that this is a bot."""
    chat = deployment.person()
    await chat.says(word)
    first = await chat.hears("automated bot")
    assert not first.text.startswith("I am an automated bot")


async def test_a_stranger_who_agrees_to_nothing_is_gone_after_48_hours(
    deployment: Deployment,
) -> None:
    """Whoever agreed to nothing is erased 48 hours after the last message: row and key."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    deployment.clock.move(47 * 3600)
    assert await deployment.count_people() == 1
    deployment.clock.move(2 * 3600)
    await deployment.until(lambda: deployment.has_people(0))


async def test_who_agreed_stays(deployment: Deployment) -> None:
    """Whoever said yes is still known after the time of strangers."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears()
    await chat.taps("Yes")
    await chat.hears("Noted")
    deployment.clock.move(72 * 3600)
    other = deployment.person()
    await other.says("Hello")
    await other.hears()
    deployment.clock.move(49 * 3600)
    await deployment.until(lambda: deployment.has_people(1))
