"""One event has one effect, however often and in whatever order it is delivered."""

import asyncio
import random

from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment
from tests.kit.history import History


async def _greeted(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


async def test_a_hundred_deliveries_of_one_body_have_one_effect(deployment: Deployment) -> None:
    """A body that is delivered a hundred times at once is answered once."""
    chat = await _greeted(deployment)
    simulator = deployment.simulator
    event = simulator.text_event(chat.psid, "help")
    raw = simulator.body([event])
    statuses = await asyncio.gather(*(simulator.post_raw(raw) for _ in range(100)))
    assert set(statuses) == {200}
    await chat.hears()
    await chat.says("menu")
    await chat.hears()
    assert History.of(simulator, chat.psid).answers == 3


async def test_events_are_handled_by_the_platforms_time(deployment: Deployment) -> None:
    """Words that arrive shuffled in one body are answered in the order in which they were said."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chat = await _greeted(deployment)
    now_ms = deployment.clock.now_ms()
    words = ["help", "language", "cancel", "cancel", "language", "stop"]
    events = [
        deployment.simulator.text_event(chat.psid, word, at_ms=now_ms + place)
        for place, word in enumerate(words)
    ]
    random.Random(seed).shuffle(events)
    await deployment.simulator.post(events, page_id=PAGE)
    await chat.hears("You can write")
    await chat.hears("language")
    await chat.hears("we leave it there")
    await chat.hears("No question is open")
    await chat.hears("language")
    await chat.hears("write START")


async def test_a_yes_to_a_question_that_has_not_left_is_asked_for_again(
    deployment: Deployment,
) -> None:
    """Nobody agrees to words they have not seen: such a yes is not counted, and asked for anew."""
    chat = await _greeted(deployment)
    deployment.simulator.revoke_token(PAGE)
    await chat.says("news")
    await deployment.until(lambda: deployment.is_paused(PAGE))
    await chat.says("yes")
    await deployment.until(deployment.inbox_is_empty)
    assert await deployment.granted(chat.psid) == set()
    deployment.simulator.restore_token(PAGE)
    deployment.clock.move(61)
    await chat.hears("May we send")
    await chat.hears("May we send")
    await chat.taps("Yes")
    await chat.hears("Noted: yes")
    assert await deployment.granted(chat.psid) == {"news"}


async def test_a_yes_from_before_a_stop_changes_nothing(deployment: Deployment) -> None:
    """A yes that arrives after a newer STOP is recorded and does not count."""
    chat = await _greeted(deployment)
    await chat.says("news")
    await chat.hears("May we send")
    early_ms = deployment.clock.now_ms()
    deployment.clock.move(60)
    await chat.says("stop")
    await chat.hears()
    late = deployment.simulator.text_event(chat.psid, "yes", at_ms=early_ms)
    await deployment.simulator.post([late], page_id=PAGE)
    await chat.hears()
    assert await deployment.granted(chat.psid) == set()


async def test_a_late_stop_counts_unless_a_newer_yes_exists(deployment: Deployment) -> None:
    """A STOP from before a newer yes leaves that yes alone; a newer one ends it."""
    chat = await _greeted(deployment)
    early_ms = deployment.clock.now_ms()
    deployment.clock.move(60)
    await chat.says("news")
    await chat.hears("May we send")
    await chat.taps("Yes")
    await chat.hears("Noted")
    late = deployment.simulator.text_event(chat.psid, "stop", at_ms=early_ms)
    await deployment.simulator.post([late], page_id=PAGE)
    await chat.hears()
    assert await deployment.granted(chat.psid) == {"news"}
    await chat.says("stop")
    await chat.hears()
    assert await deployment.granted(chat.psid) == set()


async def test_stop_in_standby_counts_and_is_confirmed_when_control_returns(
    deployment: Deployment,
) -> None:
    """STOP while a human holds the thread ends everything at once; the answer waits for control."""
    chat = await _greeted(deployment)
    await chat.says("news")
    await chat.hears("May we send")
    await chat.taps("Yes")
    await chat.hears("Noted")
    await deployment.simulator.hand_over(chat.psid)
    await chat.says("stop")
    await deployment.until(lambda: deployment.has_granted(chat.psid, set()))
    assert len(chat.bubbles()) == 3
    await deployment.simulator.hand_back(chat.psid)
    await chat.hears("sends you no news")


async def test_a_stop_that_cannot_be_confirmed_yet_is_confirmed_later(
    deployment: Deployment,
) -> None:
    """A thread handed back after 24 hours opens no window: the confirmation waits."""
    chat = await _greeted(deployment)
    await deployment.simulator.hand_over(chat.psid)
    await chat.says("stop")
    await deployment.until(deployment.inbox_is_empty)
    deployment.clock.move(24 * 3600 + 1)
    await deployment.simulator.hand_back(chat.psid)
    await deployment.until(deployment.inbox_is_empty)
    assert await deployment.outbox_is_empty()
    await chat.says("help")
    await chat.hears("sends you no news")


async def test_a_human_answer_keeps_the_bot_quiet(deployment: Deployment) -> None:
    """After a human wrote from the Page inbox only STOP and rights words are answered."""
    chat = await _greeted(deployment)
    await deployment.simulator.page_inbox_says(chat.psid, "Hello, this is a human.")
    await deployment.until(lambda: deployment.is_muted(chat.psid))
    await chat.hears("a human")
    await chat.says("thank you for your help with this")
    await chat.says("stop")
    await chat.hears("write START")
    assert [bubble.author.value for bubble in chat.bubbles()].count("bot") == 2
