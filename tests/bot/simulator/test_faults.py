"""Faults on purpose: what the bot sees, what the person sees, and when the echo comes."""

import asyncio

import aiohttp
import pytest

from bot.simulator import Attempt, Echo, Fault, Simulator
from tests.bot.simulator.conftest import Caller, Hook


def shown(simulator: Simulator) -> int:
    """Return how many sends reached a person."""
    return len(simulator.received)


async def test_refused(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A given error is answered once, and nobody sees the message."""
    simulator.faults.next(Fault.refused(1200))
    assert (await caller.send(psid))["error"]["code"] == 1200
    assert shown(simulator) == 0
    assert "message_id" in await caller.send(psid)
    assert simulator.calls == 2


async def test_down(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A 5xx may come after the person got the message."""
    simulator.faults.next(Fault.down(503, is_accepted=True))
    assert (await caller.send(psid))["error"]["is_transient"]
    assert shown(simulator) == 1


async def test_throttled(simulator: Simulator, caller: Caller, psid: str) -> None:
    """80006 is answered as a throttled Page would be."""
    simulator.faults.next(Fault.throttled(minutes=3))
    assert (await caller.send(psid))["error"]["code"] == 80006


@pytest.mark.parametrize("is_accepted", [True, False])
async def test_reset(simulator: Simulator, caller: Caller, psid: str, is_accepted: bool) -> None:  # noqa: FBT001 - pytest gives it by name
    """The connection is reset before or after the person got the message."""
    simulator.faults.next(Fault.reset(is_accepted=is_accepted))
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.send(psid)
    assert shown(simulator) == is_accepted


async def test_reset_with_echo(simulator: Simulator, caller: Caller, hook: Hook, psid: str) -> None:
    """After a reset the echo still tells that the message arrived."""
    simulator.receipts.echoes = True
    simulator.faults.next(Fault.reset(is_accepted=True))
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.send(psid, {"text": "hello", "metadata": "m1"})
    await hook.wait_for(2)
    assert hook.events[-1]["message"]["metadata"] == "m1"


async def test_garbage(simulator: Simulator, caller: Caller, psid: str) -> None:
    """An answer that is not JSON may hide a message that arrived."""
    simulator.faults.next(Fault.garbage())
    with pytest.raises(aiohttp.ContentTypeError):
        await caller.send(psid)
    assert shown(simulator) == 1


async def test_hang(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A held call is answered when it is released."""
    simulator.faults.next(Fault.hang(is_accepted=True))
    call = asyncio.ensure_future(caller.send(psid))
    await simulator.wait_for(1, psid)
    assert not call.done()
    simulator.faults.release()
    assert "message_id" in await call


async def test_late_echo(simulator: Simulator, caller: Caller, hook: Hook, psid: str) -> None:
    """A late echo comes after the others, when it is released; a lost one never."""
    simulator.receipts.echoes = True
    simulator.faults.next(Fault.echo_late(), Fault.echo_lost())
    for name in ("late", "lost", "normal"):
        await caller.send(psid, {"text": name, "metadata": name})
    await hook.wait_for(2)
    simulator.faults.release()
    await hook.wait_for(3)
    echoes = [event["message"]["metadata"] for event in hook.events[1:]]
    assert echoes == ["normal", "late"]


async def test_rule(simulator: Simulator, caller: Caller, psid: str) -> None:
    """A rule sees every send and picks those that go wrong."""

    def only_marked(attempt: Attempt) -> Fault | None:
        return Fault.refused(2) if attempt.metadata == "bad" else None

    simulator.faults.rule(only_marked)
    assert "message_id" in await caller.send(psid, {"text": "a", "metadata": "good"})
    assert "error" in await caller.send(psid, {"text": "a", "metadata": "bad"})


async def test_stop_ends_held_calls(simulator: Simulator, caller: Caller, psid: str) -> None:
    """Stopping lets go of what is held."""
    simulator.faults.next(Fault.hang(is_accepted=True, echo=Echo.NEVER))
    call = asyncio.ensure_future(caller.send(psid))
    await simulator.wait_for(1, psid)
    await simulator.stop()
    assert "message_id" in await call


async def test_waiting_tells_how_far_it_got(simulator: Simulator, psid: str) -> None:
    """A wait in vain says what the thread holds."""
    with pytest.raises(TimeoutError, match="person: hi"):
        await simulator.wait_for(lambda thread: len(thread) > 1, psid, timeout_s=0.01)
