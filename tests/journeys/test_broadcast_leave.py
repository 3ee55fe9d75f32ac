"""A broadcast goes on only while somebody answers for it, and to no more people than was agreed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.broadcasts.schedule import Schedule, daily
from tests.kit.admins import AdminChat, admin, first_owner
from tests.kit.broadcasting import DRAFT, Broadcasting
from tests.kit.deployment import Databases, Deployment, deployed


@pytest.fixture
async def small(databases: Databases) -> AsyncIterator[Deployment]:
    """A bot with which one admin sends to one person only."""
    async with deployed(databases, pace={"two_admins_above": 1}) as running:
        yield running


def _soon(deployment: Deployment) -> Schedule:
    """Return every day, five minutes from now."""
    then = deployment.clock.now() + timedelta(minutes=5)
    return Schedule(cron=daily(then.hour, then.minute), is_urgent=True)


async def _lets_go(on: Broadcasting, schedule: Schedule, *, by: str, useful_hours: int = 6) -> int:
    """Let one admin alone send a broadcast."""
    draft = replace(DRAFT, made_by=by, useful_hours=useful_hours)
    number = await on.desk.draft(draft, now_ms=on.now_ms)
    async with on.deployment.bot.store.write() as tx:
        await on.desk.acts.schedule(
            tx, number, schedule, by=by, is_for_many=False, now_ms=on.now_ms
        )
    return number


async def _asks_and_proves(owner: AdminChat, line: str) -> None:
    await owner.chat.says(line)
    await owner.chat.hears_among("six digits")
    await owner.proves()


async def _signs_in(owner: AdminChat) -> None:
    """Open a session, whatever is told meanwhile."""
    await _asks_and_proves(owner, "/signins")
    await owner.chat.hears_among("signed in until")


async def test_what_a_revoked_admin_sends_waits_for_another(deployment: Deployment) -> None:
    """Who may send no more sends nothing by schedule either; the owners hear, and one takes it."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    sender = await admin(deployment, "sender")
    anna = await on.reader()
    number = await _lets_go(on, _soon(deployment), by=sender.name)
    await owner.signs_in()
    await _asks_and_proves(owner, f"/admin revoke {sender.name}")
    told = await owner.chat.hears_among("paused, because its author may not send any more")
    assert f"Broadcast {number}, The fair" in told.text
    deployment.clock.move(400)
    await _asks_and_proves(owner, f"/broadcasts resume {number}")
    await owner.chat.hears_among("The fair: scheduled")
    await anna.hears("The fair is on Sunday.")
    assert (await on.desk.show(number)).what.made_by == owner.name


async def test_who_sends_anothers_draft_answers_for_it(deployment: Deployment) -> None:
    """A draft that outlived its author is sent in the name of whoever sends it."""
    on, owner = Broadcasting(deployment), await first_owner(deployment)
    anna = await on.reader()
    number = await on.desk.draft(replace(DRAFT, made_by="A-9"), now_ms=on.now_ms)
    async with deployment.bot.store.write() as tx:
        await on.desk.acts.schedule(
            tx, number, DRAFT.schedule, by=owner.name, is_for_many=False, now_ms=on.now_ms
        )
    await anna.hears("The fair is on Sunday.")
    assert (await on.desk.show(number)).what.made_by == owner.name


async def test_one_that_has_grown_takes_two(small: Deployment) -> None:
    """What one admin may send to a few is not sent to many because they came later."""
    on, owner = Broadcasting(small), await first_owner(small)
    anna = await on.reader()
    number = await _lets_go(on, _soon(small), by=owner.name)
    small.clock.move(400)
    await anna.hears("The fair is on Sunday.")
    await on.reader()
    small.clock.move(23 * 3600)
    await _signs_in(owner)
    small.clock.move(3600)
    await on.until(number, "paused")
    assert (await on.desk.show(number)).reason == "it takes two"
    await owner.chat.hears_among("paused, because it takes two")
    await _asks_and_proves(owner, f"/broadcasts resume {number}")
    await owner.chat.hears_among("This takes two")
    assert await on.is_in(number, "paused")


async def test_a_large_one_that_was_missed_takes_two(small: Deployment) -> None:
    """Starting what was missed sends to everybody of now, so it takes as many admins."""
    on, owner = Broadcasting(small), await first_owner(small)
    await on.reader()
    at = (small.clock.now() + timedelta(minutes=10)).replace(tzinfo=None)
    number = await _lets_go(on, Schedule(at=at), by=owner.name, useful_hours=1)
    await on.desk.pause(number, now_ms=on.now_ms)
    small.clock.move(2 * 3600)
    store = small.bot.store
    async with store.write() as tx:
        await on.desk.acts.resume(tx, number, by=owner.name, is_for_many=False)
    await owner.chat.hears_among("missed, because nothing ran")
    await on.reader()
    await _signs_in(owner)
    await _asks_and_proves(owner, f"/broadcasts start {number}")
    await owner.chat.hears_among("This takes two")
