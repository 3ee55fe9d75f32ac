"""How long a Page rests, and on whose word."""

import json

from bot.simulator import Fault
from tests.kit.deployment import PAGE, Deployment

_DAY_MS = 86_400_000


def _verdict(action: str, at_ms: int) -> bytes:
    item = {"recipient": {"id": PAGE}, "timestamp": at_ms, "policy_enforcement": {"action": action}}
    entry = {"id": PAGE, "time": at_ms, "messaging": [item]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


async def test_a_block_that_comes_again_is_no_new_one(deployment: Deployment) -> None:
    """Meta's verdicts are taken by their time: a block from before the unblocking is void."""
    now_ms = deployment.clock.now_ms()
    block = _verdict("block", now_ms - 3_600_000)
    await deployment.simulator.post_raw(block)
    assert await deployment.is_paused(PAGE)
    await deployment.simulator.post_raw(_verdict("unblock", now_ms))
    assert not await deployment.is_paused(PAGE)
    await deployment.simulator.post_raw(block)
    assert not await deployment.is_paused(PAGE)


async def test_an_unblocking_that_comes_late_lifts_no_later_block(deployment: Deployment) -> None:
    """A Page that Meta blocked anew stays silent, whatever comes again of earlier days."""
    now_ms = deployment.clock.now_ms()
    await deployment.simulator.post_raw(_verdict("block", now_ms))
    await deployment.simulator.post_raw(_verdict("unblock", now_ms - 1))
    assert await deployment.is_paused(PAGE)


async def test_a_verdict_of_the_future_outlives_nothing(deployment: Deployment) -> None:
    """A verdict with a time that has not come counts as of now."""
    now_ms = deployment.clock.now_ms()
    await deployment.simulator.post_raw(_verdict("block", now_ms + _DAY_MS))
    assert await deployment.is_paused(PAGE)
    deployment.clock.move(1)
    await deployment.simulator.post_raw(_verdict("unblock", deployment.clock.now_ms()))
    assert not await deployment.is_paused(PAGE)


async def test_no_throttle_lasts_more_than_a_day(deployment: Deployment) -> None:
    """Whatever number of minutes a usage header names, the Page is tried again after a day."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    deployment.simulator.faults.next(Fault.throttled(minutes=10**9))
    await chat.says("help")
    await deployment.until(lambda: deployment.is_paused(PAGE))
    deployment.clock.move(_DAY_MS / 1000)
    assert not await deployment.is_paused(PAGE)
