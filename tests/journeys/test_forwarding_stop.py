"""Telling Meta of a STOP, over the wire: only where it is wanted, and at nobody's cost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import sqlalchemy as sa

from bot.app import running
from bot.clock import MovableClock
from bot.settings import Settings
from bot.simulator import Fault, Simulator
from storage import PersonId, Store, Transaction
from storage.db.tables import page_states, people
from storage.erasure import order_erasure
from storage.vault.sealing import SealedBytes
from tests.kit.chat import Chat
from tests.kit.deployment import (
    PAGE,
    Databases,
    Deployment,
    make_settings,
    messenger_for,
    raw_settings,
)
from tests.kit.forwarding import Tries
from tests.kit.ports import free_port


@asynccontextmanager
async def _messenger(
    databases: Databases, clock: MovableClock
) -> AsyncIterator[tuple[Simulator, Settings]]:
    """Run a Messenger, and say how to run bots that tell Meta of each STOP."""
    port = free_port()
    async with messenger_for(port, clock) as simulator:
        url = simulator.graph_url
        raw = raw_settings(databases, graph_url=url, port=port)
        messenger = raw["messenger"] | {"forward_stop": True}
        settings = make_settings(databases, graph_url=url, port=port, messenger=messenger)
        yield simulator, settings


@pytest.fixture
async def forwarding(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot that tells Meta of each STOP, and a Messenger."""
    clock = MovableClock()
    async with (
        _messenger(databases, clock) as (simulator, settings),
        running(settings, clock) as bot,
    ):
        yield Deployment(settings, simulator, clock, bot, databases)


async def _opted_in(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("news")
    await chat.hears()
    await chat.taps("Yes")
    await chat.hears()
    await deployment.settles()
    return chat


async def _stops(chat: Chat) -> None:
    await chat.says("STOP")
    await chat.hears("Done. You no longer get")


async def _person(store: Store, tx: Transaction, chat: Chat) -> PersonId:
    lookup = store.keyring.lookup(PAGE, chat.psid)
    return (await store.people.find(tx, [lookup]))[lookup]


async def _marks(deployment: Deployment) -> list[object]:
    """Return everything by which somebody, or a Page, may be left alone."""
    person = people.c.unreachable_since_ms, people.c.muted_until_ms, people.c.restricted_since_ms
    page = page_states.c.paused_reason, page_states.c.paused_until_ms
    async with deployment.bot.store.read() as tx:
        return [(await tx.execute(sa.select(*one))).all() for one in (person, page)]


async def test_nobody_is_told_unless_it_is_configured(deployment: Deployment) -> None:
    """As it comes, a STOP stays between the person and the organisation."""
    chat, tries = await _opted_in(deployment), Tries(deployment)
    await _stops(chat)
    await deployment.settles()
    assert tries.received == []


async def test_meta_is_told_once_behind_the_confirmation(forwarding: Deployment) -> None:
    """The person is told first; the call names them and is no message to them."""
    chat, tries = await _opted_in(forwarding), Tries(forwarding)
    bubbles = len(chat.bubbles())
    await _stops(chat)
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == [chat.psid]
    assert tries.received == [len(forwarding.simulator.received)]
    assert len(chat.bubbles()) == bubbles + 1


async def test_nothing_but_the_end_of_everything_is_passed_on(forwarding: Deployment) -> None:
    """Who says yes, or no, is none of Meta's business."""
    await _opted_in(forwarding)
    other = forwarding.person()
    await other.says("news")
    await other.hears()
    await other.taps("No")
    await other.hears()
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == []


async def test_the_last_withdrawal_ends_everything_too(forwarding: Deployment) -> None:
    """Who takes back the only thing they agreed to has stopped."""
    chat = await _opted_in(forwarding)
    await chat.says("withdraw")
    asked = await chat.hears()
    await chat.taps(asked.quick_replies[0].title)
    await chat.hears()
    await forwarding.until(lambda: forwarding.has_granted(chat.psid, set()))
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == [chat.psid]


async def test_meta_is_told_while_a_human_holds_the_thread(forwarding: Deployment) -> None:
    """A STOP said to a colleague counts at once; its confirmation has to wait, this does not."""
    chat = await _opted_in(forwarding)
    await forwarding.simulator.hand_over(chat.psid)
    bubbles = len(chat.bubbles())
    await chat.says("STOP")
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == [chat.psid]
    assert len(chat.bubbles()) == bubbles


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        pytest.param(Fault.refused(10, status=403), "PermissionMissing", id="no permission"),
        pytest.param(Fault.refused(200, status=403), "PermissionMissing", id="no such right"),
        pytest.param(Fault.refused(190, 460, status=401), "PageTrouble", id="dead token"),
        pytest.param(Fault.refused(368), "PageTrouble", id="blocked"),
        pytest.param(Fault.refused(100), "MessageRefused", id="bad parameter"),
        pytest.param(Fault.refused(551, 1545041), "PersonUnreachable", id="not available"),
        pytest.param(Fault.refused(613), "Throttled", id="613"),
        pytest.param(Fault.throttled(minutes=5), "Throttled", id="80006"),
        pytest.param(Fault.refused(2500, status=404), "MessageRefused", id="unknown path"),
        pytest.param(Fault.down(503), "TryAgain", id="503"),
        pytest.param(Fault.reset(is_accepted=False), "InDoubt", id="reset"),
        pytest.param(Fault.garbage(), "InDoubt", id="garbage"),
    ],
)
async def test_a_refusal_changes_nothing_but_its_row(
    forwarding: Deployment, capfd: pytest.CaptureFixture[str], fault: Fault, cause: str
) -> None:
    """It is tried once and logged; Page, person and everybody else go on as before."""
    chat, other = await _opted_in(forwarding), await _opted_in(forwarding)
    marks, tries = await _marks(forwarding), Tries(forwarding, fault)
    bubbles = len(chat.bubbles())
    await _stops(chat)
    await forwarding.until(tries.has_one)
    await forwarding.settles()
    assert await _marks(forwarding) == marks
    forwarding.clock.move(120)
    for one in (other, chat):
        await one.says("help")
        await one.hears()
    await forwarding.settles()
    assert len(tries.received) == 1
    assert len(chat.bubbles()) == bubbles + 2
    counted = forwarding.bot.metrics.exposition().decode()
    assert 'chatmagico_sends_total{outcome="stop_not_forwarded"} 1.0' in counted
    told = [line for line in capfd.readouterr().err.splitlines() if "message.refused" in line]
    assert len(told) == 1
    assert "StopNotForwarded" in told[0]
    assert f'"error_class":"{cause}"' in told[0]
    assert chat.psid not in told[0]


async def test_a_silent_meta_holds_up_nobody_else(forwarding: Deployment) -> None:
    """While the call hangs others are answered."""
    chat, other = await _opted_in(forwarding), await _opted_in(forwarding)
    tries = Tries(forwarding, Fault.hang(is_accepted=False))
    await _stops(chat)
    await forwarding.until(tries.has_one)
    await other.says("help")
    await other.hears()
    await forwarding.until(lambda: forwarding.outbox_has(1))
    forwarding.simulator.unsubscribe_faults.release()
    await forwarding.settles()
    assert len(tries.received) == 1


@pytest.mark.long
async def test_a_call_that_hangs_is_given_up_soon(forwarding: Deployment) -> None:
    """The person's own next answer waits some seconds for it, and no longer."""
    chat = await _opted_in(forwarding)
    tries = Tries(forwarding, Fault.hang(is_accepted=False))
    await _stops(chat)
    await forwarding.until(tries.has_one)
    await chat.says("help")
    await chat.hears(timeout_s=15)
    await forwarding.settles()
    assert len(tries.received) == 1


async def test_who_is_erased_meanwhile_is_not_named_to_meta(forwarding: Deployment) -> None:
    """What waits for somebody goes with them."""
    chat, simulator = await _opted_in(forwarding), forwarding.simulator
    simulator.revoke_token(PAGE)
    await chat.says("STOP")
    await forwarding.until(lambda: forwarding.is_paused(PAGE))
    assert await forwarding.outbox_has(2)
    store = forwarding.bot.store
    async with store.write() as tx:
        person = await _person(store, tx, chat)
        await order_erasure(tx, store.receipts, person, now_ms=forwarding.clock.now_ms())
    forwarding.clock.move(31)
    await forwarding.until(lambda: forwarding.has_people(0))
    simulator.restore_token(PAGE)
    forwarding.clock.move(61)
    await forwarding.settles()
    assert simulator.unsubscribed == []


async def test_it_waits_out_a_dead_token_and_a_restart(databases: Databases) -> None:
    """What could not leave yet does so after the bot has begun anew, in the same order."""
    clock = MovableClock()
    async with _messenger(databases, clock) as (simulator, settings):
        async with running(settings, clock) as bot:
            before = Deployment(settings, simulator, clock, bot, databases)
            chat = await _opted_in(before)
            simulator.revoke_token(PAGE)
            await chat.says("STOP")
            await before.until(lambda: before.is_paused(PAGE))
            assert await before.outbox_has(2)
        simulator.restore_token(PAGE)
        async with running(settings, clock) as bot:
            after = Deployment(settings, simulator, clock, bot, databases)
            tries = Tries(after)
            clock.move(61)
            await chat.hears("Done. You no longer get")
            await after.settles()
    assert simulator.unsubscribed == [chat.psid]
    assert tries.received == [len(simulator.received)]


async def test_a_stop_that_comes_very_late_is_passed_on(forwarding: Deployment) -> None:
    """The call is no message, so no window has to be open for it."""
    chat = await _opted_in(forwarding)
    forwarding.clock.move(30 * 3600)
    late_ms = forwarding.clock.now_ms() - 25 * 3_600_000
    stop = forwarding.simulator.text_event(chat.psid, "STOP", at_ms=late_ms)
    await forwarding.simulator.post([stop])
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == [chat.psid]


@pytest.mark.parametrize("is_key_left", [True, False], ids=["state", "key"])
async def test_a_stop_of_who_cannot_be_served_is_passed_on_if_it_can_be(
    forwarding: Deployment,
    is_key_left: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    """Where their state does not open Meta is told; without their key nothing can wait for them."""
    chat, store = await _opted_in(forwarding), forwarding.bot.store
    async with store.write() as tx:
        person = await _person(store, tx, chat)
        if is_key_left:
            await tx.execute(sa.update(people).values(state=SealedBytes(b"\1" + bytes(120))))
    if not is_key_left:
        await store.keyring.destroy([person])
    await chat.says("STOP")
    await forwarding.until(lambda: forwarding.has_granted(chat.psid, set()))
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == ([chat.psid] if is_key_left else [])


async def test_the_link_in_a_mail_tells_nobody(forwarding: Deployment) -> None:
    """What Messenger did not carry stays here."""
    chat, store = await _opted_in(forwarding), forwarding.bot.store
    async with store.write() as tx:
        person = await _person(store, tx, chat)
        url = await forwarding.bot.desks.subscriptions.make_link(tx, person)
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert answer.status == 200
    assert await forwarding.has_granted(chat.psid, set())
    await forwarding.settles()
    assert forwarding.simulator.unsubscribed == []
