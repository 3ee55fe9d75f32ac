"""Who is to blame for a refusal: the line, the Page, the person or the message itself."""

import pytest

from bot.outbound.errors import (
    GraphError,
    NotConnected,
    PageTrouble,
    PermissionMissing,
    Throttled,
    TryAgain,
)
from bot.outbound.outcomes import MAX_REFUSALS, Outcome
from bot.simulator import Fault
from tests.bot.outbound.sending import NODE, PAGE, Sending, sending
from tests.kit.deployment import PAGES, Databases, Deployment


async def _ends(half: Sending, error: GraphError) -> None:
    """Let one call end with an error, once everything that may be waited for has happened."""
    half.clock.move(100)
    async with half.store.write() as tx:
        await half.store.pages.resume(tx, [PAGE.id])
        (message,), _ = await half.store.outbox.claim(
            tx, node=NODE, pages=[PAGE.id], now_ms=half.clock.now_ms(), limit=9
        )
    half.outcomes.add(Outcome(message, error))
    await half.outcomes.flush()


@pytest.mark.parametrize(
    "error",
    [NotConnected(), Throttled(pause_s=1), PageTrouble(code=190)],
    ids=["line", "pace", "token"],
)
async def test_what_the_message_can_not_help_costs_no_try(
    databases: Databases, error: GraphError
) -> None:
    """After an outage, however long, a message has all its tries left."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        for _ in range(2 * MAX_REFUSALS):
            await _ends(half, error)
        await _ends(half, TryAgain(code=2))
        (row,) = await half.rows()
        assert (row.state, row.refusals) == ("pending", 1)


async def test_who_is_refused_again_and_again_is_left_alone(databases: Databases) -> None:
    """A message that Messenger never takes for the moment is given up in the end."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        for count in range(1, MAX_REFUSALS):
            await _ends(half, TryAgain(code=2))
            assert (await half.rows())[0].refusals == count
        await _ends(half, TryAgain(code=2))
        assert await half.rows() == []


async def test_tries_grow_apart(databases: Databases) -> None:
    """The longer a line is down, the more rarely it is tried, and once a minute at least."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        waits_s = []
        for _ in range(9):
            await _ends(half, NotConnected())
            waits_s.append((await half.rows())[0].due_at_ms / 1000 - half.clock.now_ms() / 1000)
        assert waits_s[0] < 2 < waits_s[4]
        assert 59 < waits_s[-1] < 91


@pytest.mark.parametrize(
    ("error", "least_s"),
    [(PageTrouble(code=190), 1), (PermissionMissing(code=200), 60)],
    ids=["token", "permission"],
)
async def test_who_silenced_a_page_goes_to_the_back(
    databases: Databases, error: GraphError, least_s: int
) -> None:
    """Once the Page is resumed others leave first, where the message itself may be at fault."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        before_ms = half.clock.now_ms() + 100_000  # _ends moves the clock so far
        await _ends(half, error)
        (row,) = await half.rows()
        assert before_ms + least_s * 1000 <= row.due_at_ms <= half.clock.now_ms() + least_s * 1500


async def test_a_page_that_is_surely_in_trouble_loses_nothing(databases: Databases) -> None:
    """What a blocked Page could not send waits, however often the Page seemed to be well."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        for _ in range(9):
            await _ends(half, PageTrouble(code=368))
        assert await half.states() == ["pending"]


async def test_a_missing_permission_is_the_messages_own_the_second_time(
    databases: Databases,
) -> None:
    """A message that is refused for it again, its Page being well, is dropped and counted."""
    async with sending(databases) as half:
        await half.queue(await half.person())
        await _ends(half, TryAgain(code=2))
        await _ends(half, PermissionMissing(code=10))
        assert await half.states() == ["pending"]
        await _ends(half, PermissionMissing(code=10))
        assert await half.states() == []
        assert b'sends_total{outcome="message_refused"} 1.0' in half.metrics.exposition()
        async with half.store.read() as tx:
            assert await half.store.pages.list_paused(tx, now_ms=half.clock.now_ms()) == []


async def test_one_refused_answer_does_not_silence_its_page(deployment: Deployment) -> None:
    """Others of the Page are answered once it is proven well, and go on being answered."""
    page_id = PAGES[0].id
    bad, other = deployment.person(page_id), deployment.person(page_id)
    for chat in (bad, other):
        await chat.says("Hello")
        await chat.hears()
    refused = Fault.refused(10, 2018999)
    deployment.simulator.faults.rule(lambda send: refused if send.psid == bad.psid else None)
    await bad.says("help")
    await deployment.until(lambda: deployment.is_paused(page_id))
    await other.says("help")
    deployment.clock.move(55)
    await other.hears()
    await deployment.until(lambda: deployment.outbox_has(1))
    deployment.clock.move(40)
    await deployment.settles()
    assert not await deployment.is_paused(page_id)
    await other.says("menu")
    await other.hears()
