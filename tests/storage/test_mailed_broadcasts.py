"""Broadcasts by e-mail: what is asked before each mail is what is asked before each message."""

import pytest

from storage.broadcasts.records import Run, State
from storage.mails import ClaimedMail, Letter, NewMail
from tests.kit.publishing import publish
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, PAGE, Known, World
from tests.storage.running import agree, run_of

_LETTER = Letter("ann@example.org", "The Club wrote you", "The fair is on Sunday.")


async def _mailed(world: World, who: Known, *, at_ms: int = NOON_MS) -> Run:
    """Queue the mail of a new broadcast for somebody."""
    run, store = await run_of(world, who, lane="email"), world.store
    async with store.write() as tx:
        (one,) = await store.deliveries.take_due(tx, run.run_id, "email", now_ms=at_ms, limit=9)
        await store.deliveries.mark_queued(tx, [one.delivery_id], now_ms=at_ms)
        until_ms = NOON_MS + DAY_MS
        new = NewMail(who.person_id, who.key, _LETTER, at_ms, until_ms, delivery_id=one.delivery_id)
        await store.mails.add(tx, new)
    return run


async def _claim(
    world: World, *, now_ms: int = NOON_MS, hours_between: int = 0
) -> ClaimedMail | None:
    gaps_ms = {"news": hours_between * HOUR_MS}
    async with world.store.write() as tx:
        return await world.store.mails.claim(
            tx, now_ms=now_ms, until_ms=now_ms + 1_000, gaps_ms=gaps_ms
        )


@pytest.mark.parametrize("state", ["paused", "cancelled"])
async def test_a_held_broadcast_is_not_mailed(world: World, state: State) -> None:
    """What was made before a pause or an end stays here; after a pause it goes on."""
    who, book = await world.person(), world.store.broadcasts
    await agree(world, who)
    run = await _mailed(world, who)
    async with world.store.write() as tx:
        await book.move(tx, run.number, from_=("scheduled",), to=state)
        assert not await world.store.mails.is_due(tx, now_ms=NOON_MS)
    assert await _claim(world) is None
    async with world.store.write() as tx:
        await book.move(tx, run.number, from_=(state,), to="scheduled")
    assert await _claim(world) is not None


async def test_the_pause_of_a_page_holds_its_mailed_broadcasts(world: World) -> None:
    """An admin's /pause is for every way a broadcast takes, not for the chat alone."""
    who, holds = await world.person(), world.store.holds
    await agree(world, who)
    await _mailed(world, who)
    async with world.store.write() as tx:
        await holds.hold(tx, PAGE, by=1, now_ms=NOON_MS)
    assert await _claim(world) is None
    async with world.store.write() as tx:
        await holds.let_go(tx, PAGE)
    assert await _claim(world) is not None


async def test_the_notice_of_now_counts_for_mails_too(world: World) -> None:
    """What was made under a notice is not mailed once the one in force leaves its purpose out."""
    who = await world.person()
    await agree(world, who)
    await _mailed(world, who)
    await publish(world.store, "something else", after=1)
    claimed = await _claim(world)
    assert claimed is not None
    assert claimed.ends_as == "opted out"


async def test_a_mail_takes_its_turn_as_a_message_does(world: World) -> None:
    """Within the time between two broadcasts of a purpose the second is not mailed either."""
    who = await world.person()
    await agree(world, who)
    await _mailed(world, who)
    first = await _claim(world, hours_between=1)
    assert first is not None
    assert first.ends_as is None
    async with world.store.write() as tx:
        await world.store.mails.remove(tx, first.mail_id)
    await _mailed(world, who)
    second = await _claim(world, now_ms=NOON_MS + 1, hours_between=1)
    assert second is not None
    assert second.ends_as == "too often"
