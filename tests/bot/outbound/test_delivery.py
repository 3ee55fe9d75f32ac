"""What becomes of a message when Messenger does not simply take it."""

from collections import Counter

import pytest

from bot.simulator import Echo, Fault
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, PAGES, Deployment
from tests.kit.history import History


async def _greeted(deployment: Deployment, page_id: str = PAGE) -> Chat:
    chat = deployment.person(page_id)
    await chat.says("Hello")
    await chat.hears()
    return chat


async def test_every_send_carries_its_mark(deployment: Deployment) -> None:
    """Every message has its own outbox id in its metadata, so that its echo can be matched."""
    chat = await _greeted(deployment)
    await chat.says("help")
    await chat.hears()
    marks = [bubble.metadata or "" for bubble in chat.bubbles()]
    assert all(mark.startswith("out:") for mark in marks)
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.reset(is_accepted=True),
        Fault.garbage(is_accepted=True),
        Fault.refused(1, 1357046),
    ],
    ids=["reset", "garbage", "code 1"],
)
async def test_an_echo_in_time_settles_the_doubt(deployment: Deployment, fault: Fault) -> None:
    """A message whose answer was lost is not sent again when its echo comes."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(fault)
    await chat.says("help")
    if fault.is_accepted:
        await chat.hears()
        await deployment.settles()
        deployment.clock.move(60)
        await deployment.settles()
        assert History.of(deployment.simulator, chat.psid).repeats == 0
        return
    await deployment.until(deployment.has_doubts)
    deployment.clock.move(11)
    await chat.hears()


async def test_without_an_echo_an_answer_is_sent_once_more_and_counted(
    deployment: Deployment,
) -> None:
    """An answer of which nobody knows is sent again after ten seconds, once, and counted."""
    chat = await _greeted(deployment)
    lost = Fault.reset(is_accepted=True, echo=Echo.NEVER)
    deployment.simulator.faults.next(lost, lost)
    await chat.says("help")
    await deployment.until(deployment.has_doubts)
    deployment.clock.move(11)
    await deployment.until(lambda: deployment.has_received(chat.psid, 3))
    await deployment.until(deployment.has_doubts)
    deployment.clock.move(11)
    await deployment.settles()
    history = History.of(deployment.simulator, chat.psid)
    assert history.repeats == 1
    assert b"chatmagico_sent_twice_total 1.0" in deployment.bot.metrics.exposition()


async def test_a_doubt_does_not_hold_up_what_comes_after(deployment: Deployment) -> None:
    """A person hears the next answer although the one before is in doubt."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(Fault.reset(is_accepted=False))
    await chat.says("help")
    await deployment.until(deployment.has_doubts)
    await chat.says("menu")
    await chat.hears()


async def test_a_passing_fault_is_tried_again(deployment: Deployment) -> None:
    """A message that Messenger could not take for the moment is sent later, by the clock."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(Fault.refused(1200))
    await chat.says("help")
    await deployment.until(deployment.outbox_waits)
    deployment.clock.move(5)
    await chat.hears()


async def test_messages_keep_their_order_over_a_retry(deployment: Deployment) -> None:
    """What comes after a message that is tried again waits for it."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(Fault.refused(1200))
    await chat.says("help")
    await deployment.until(deployment.outbox_waits)
    await chat.says("stop")
    await deployment.until(lambda: deployment.outbox_has(2))
    deployment.clock.move(5)
    await chat.hears("STOP")
    await chat.hears("write START")


async def test_a_dead_token_pauses_its_page_and_nothing_is_lost(deployment: Deployment) -> None:
    """A Page whose token died is paused; what people write is kept, and answered once it works."""
    chat = await _greeted(deployment)
    other = await _greeted(deployment, PAGES[1].id)
    deployment.simulator.revoke_token(PAGE)
    await chat.says("help")
    await deployment.until(lambda: deployment.is_paused(PAGE))
    await chat.says("menu")
    await other.says("help")
    await other.hears()
    deployment.simulator.restore_token(PAGE)
    deployment.clock.move(61)
    await chat.hears()
    await chat.hears()
    assert not await deployment.is_paused(PAGE)


async def test_a_throttled_page_rests_as_long_as_messenger_asks(deployment: Deployment) -> None:
    """After 80006 nothing is sent until the time that the usage header names."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(Fault.throttled(minutes=3))
    await chat.says("help")
    await deployment.until(lambda: deployment.is_paused(PAGE))
    calls = deployment.simulator.calls
    deployment.clock.move(170)
    await chat.says("menu")
    await deployment.until(lambda: deployment.outbox_has(2))
    assert deployment.simulator.calls == calls
    deployment.clock.move(15)
    await chat.hears()
    await chat.hears()


async def test_who_blocked_the_page_is_not_tried_again(deployment: Deployment) -> None:
    """A person who can't be reached is left alone until they write again."""
    chat = await _greeted(deployment)
    deployment.simulator.faults.next(Fault.refused(551, 1545041))
    await chat.says("help")
    await deployment.settles()
    await chat.says("menu")
    await chat.hears()
    marks = Counter(sent.metadata for sent in deployment.simulator.received)
    assert set(marks.values()) == {1}


async def test_nothing_is_sent_after_the_window(deployment: Deployment) -> None:
    """An answer that could not leave for 24 hours is dropped, not forced through."""
    chat = await _greeted(deployment)
    deployment.simulator.revoke_token(PAGE)
    await chat.says("help")
    await deployment.until(lambda: deployment.is_paused(PAGE))
    deployment.clock.move(25 * 3600)
    deployment.simulator.restore_token(PAGE)
    calls = deployment.simulator.calls
    deployment.clock.move(61)
    await deployment.settles()
    assert deployment.simulator.calls == calls
