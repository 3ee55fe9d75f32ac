"""A signed request that somebody captured changes nothing when it is sent again."""

import asyncio
import json
from typing import Any

import sqlalchemy as sa

from bot.simulator import Fault
from storage.db import tables
from tests.kit.chat import Chat
from tests.kit.deployment import APP_ID, PAGE, PAGES, Deployment

DAY_MS = 86_400_000
DAY_S = 86_400
OTHER_APP = "26390203743090"
OTHER_PAGE = PAGES[1].id


def _body(item: dict[str, Any], *, page_id: str = PAGE, time: int | None = None) -> bytes:
    entry = {"id": page_id, "messaging": [item]} | ({} if time is None else {"time": time})
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def _said(psid: str, text: str, at_ms: int | None = None) -> dict[str, Any]:
    item = {"sender": {"id": psid}, "recipient": {"id": PAGE}}
    timed = {} if at_ms is None else {"timestamp": at_ms}
    return item | timed | {"message": {"mid": f"m_{text}", "text": text}}


def _echo(psid: str, page_id: str = PAGE, **message: Any) -> dict[str, Any]:
    message = {"mid": "m_echo", "is_echo": True, "text": "x"} | message
    return {"sender": {"id": page_id}, "recipient": {"id": psid}, "message": message}


def _verdict(action: str, at_ms: int | None = None) -> bytes:
    timed = {} if at_ms is None else {"timestamp": at_ms}
    return _body({"recipient": {"id": PAGE}, **timed, "policy_enforcement": {"action": action}})


async def _asked(deployment: Deployment) -> Chat:
    """Return somebody who was just asked for a consent."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears()
    await chat.says("news")
    await chat.hears("May we send")
    return chat


async def _take_in(deployment: Deployment, raw: bytes) -> None:
    assert await deployment.simulator.post_raw(raw) == 200
    await deployment.until(deployment.inbox_is_empty)


async def _keys(deployment: Deployment) -> int:
    async with deployment.bot.store.keyring.database.read() as tx:
        return len((await tx.execute(sa.select(tables.day_keys))).all())


async def test_a_yes_without_any_time_agrees_to_nothing(deployment: Deployment) -> None:
    """Nobody can tell when it was said, so it may be an old one that is sent again."""
    chat = await _asked(deployment)
    yes = _body(_said(chat.psid, "yes"))
    await _take_in(deployment, yes)
    deployment.clock.move(DAY_S)
    await chat.says("news")
    await chat.hears("May we send")
    await _take_in(deployment, yes)
    assert await deployment.granted(chat.psid) == set()


async def test_a_stop_without_any_time_counts(deployment: Deployment) -> None:
    """Who wants to stop is heard, whatever else is missing."""
    chat = await _asked(deployment)
    await chat.says("yes")
    await chat.hears("Noted: yes")
    await _take_in(deployment, _body(_said(chat.psid, "STOP")))
    assert await deployment.granted(chat.psid) == set()


async def test_an_event_without_any_time_is_known_again_on_any_day(deployment: Deployment) -> None:
    """A captured STOP has one effect, also where it is sent anew on each of the next days."""
    chat = await _asked(deployment)
    await chat.says("yes")
    await chat.hears("Noted: yes")
    stop = _body(_said(chat.psid, "STOP"))
    await _take_in(deployment, stop)
    for _ in range(9):
        deployment.clock.move(DAY_S)
        await _take_in(deployment, stop)
    async with deployment.bot.store.read() as tx:
        acts = (await tx.execute(sa.select(tables.consents.c.act))).scalars().all()
    assert sorted(acts) == ["granted", "withdrawn"]


async def test_the_entry_lends_its_time(deployment: Deployment) -> None:
    """A yes with the entry's time counts once: sent again on another day it is known."""
    chat = await _asked(deployment)
    yes = _body(_said(chat.psid, "yes"), time=deployment.clock.now_ms())
    await _take_in(deployment, yes)
    await chat.hears("Noted: yes")
    await chat.says("STOP")
    await chat.hears()
    await chat.says("news")
    await chat.hears("May we send")
    deployment.clock.move(DAY_S)
    await _take_in(deployment, yes)
    assert await deployment.granted(chat.psid) == set()


async def test_an_event_of_the_future_is_refused(deployment: Deployment) -> None:
    """A time further ahead than a day makes no key of that day, and the event has no effect."""
    chat = await _asked(deployment)
    now_ms, keys = deployment.clock.now_ms(), await _keys(deployment)
    for days in range(2, 9):
        await _take_in(deployment, _body(_said(chat.psid, "yes", now_ms + days * DAY_MS)))
    assert await deployment.granted(chat.psid) == set()
    assert await _keys(deployment) == keys
    assert b'kind="too_early"} 7' in deployment.bot.metrics.exposition()


async def test_a_human_echo_without_a_time_mutes_nobody(deployment: Deployment) -> None:
    """Sent again, it would keep the bot quiet for ever; with the entry's time it counts."""
    chat = await _asked(deployment)
    echo = _echo(chat.psid, app_id=OTHER_APP)
    await _take_in(deployment, _body(echo))
    assert not await deployment.is_muted(chat.psid)
    at_ms = deployment.clock.now_ms()
    for away_ms in (-2 * DAY_MS, 2 * DAY_MS):
        await _take_in(deployment, _body(echo, time=at_ms + away_ms))
        assert not await deployment.is_muted(chat.psid)
    await _take_in(deployment, _body(echo, time=at_ms))
    assert await deployment.is_muted(chat.psid)


async def test_an_unblocking_resumes_only_what_was_blocked(deployment: Deployment) -> None:
    """A Page that rests for another reason goes on resting."""
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    async with store.write() as tx:
        await store.pages.pause(tx, PAGE, reason="code 190/0", now_ms=now_ms, until_ms=None)
    await _take_in(deployment, _verdict("unblock", now_ms))
    assert await deployment.is_paused(PAGE)


async def test_a_verdict_without_any_time_counts_once(deployment: Deployment) -> None:
    """A captured block does not pause a Page that was unblocked since."""
    block = _verdict("block")
    await _take_in(deployment, block)
    assert await deployment.is_paused(PAGE)
    deployment.clock.move(60)
    await _take_in(deployment, _verdict("unblock", deployment.clock.now_ms()))
    for _ in range(3):
        deployment.clock.move(DAY_S)
        await _take_in(deployment, block)
        assert not await deployment.is_paused(PAGE)


async def test_a_verdict_of_another_time_is_dropped(deployment: Deployment) -> None:
    """What Meta decided weeks ago, or has not decided yet, pauses nothing."""
    for days in (-8, 8):
        at_ms = deployment.clock.now_ms() + days * DAY_MS
        await _take_in(deployment, _verdict("block", at_ms))
        assert not await deployment.is_paused(PAGE)


async def test_only_our_own_echo_settles_a_message(deployment: Deployment) -> None:
    """Another app that saw the mark of a message can't make it vanish."""
    chat = deployment.person()
    deployment.simulator.faults.next(Fault.throttled(minutes=5))
    await chat.says("Hello")
    await deployment.until(lambda: deployment.outbox_has(1))
    async with deployment.bot.store.read() as tx:
        found = (await tx.execute(sa.select(tables.outbox.c.outbox_id))).scalar_one()
    mark, now_ms = f"out:{found.hex()}", deployment.clock.now_ms()
    foreign = _echo(chat.psid, app_id=OTHER_APP, metadata=mark)
    await _take_in(deployment, _body(foreign, time=now_ms))
    assert not await deployment.outbox_is_empty()
    await _take_in(deployment, _body(_echo(chat.psid, app_id=APP_ID, metadata=mark), time=now_ms))
    assert await deployment.outbox_is_empty()


async def test_the_echo_of_what_is_known_to_have_arrived_waits_for_no_writer(
    deployment: Deployment,
) -> None:
    """Where Messenger's own answer was committed, its echo is news to nobody."""
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    await deployment.settles()
    (mark,) = {sent.metadata for sent in deployment.simulator.received if sent.psid == chat.psid}
    echo = _body(_echo(chat.psid, app_id=APP_ID, metadata=mark), time=deployment.clock.now_ms())
    async with deployment.bot.store.write(), asyncio.timeout(10):
        assert await deployment.simulator.post_raw(echo) == 200
