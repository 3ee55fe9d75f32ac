"""STOP, restriction, erasure and clocks while a broadcast is on its way."""

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.broadcasts.schedule import Schedule, daily
from bot.simulator import Simulator
from storage.db import tables
from storage.details import Detail
from tests.journeys.test_broadcast_kills import reached
from tests.kit.broadcast_history import after_stop, is_confirmation
from tests.kit.broadcasting import Broadcasting, readers
from tests.kit.deployment import PAGE, Deployment

_DAY_S = 24 * 3600
_STOPPING = 15
#: Ten thousand leave in some seconds; on a busy machine in more.
_RUN_S = 120.0


@pytest.mark.parametrize(
    ("rounds", "audience"), [(5, 300), pytest.param(200, 10_000, marks=pytest.mark.soak)]
)
async def test_no_send_begins_after_the_confirmation_of_a_stop(
    deployment: Deployment, rounds: int, audience: int
) -> None:
    """Run after run, whoever stops in the middle of one gets nothing after that."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, on, simulator = random.Random(seed), Broadcasting(deployment), deployment.simulator
    agreeing: set[str] = set()
    everybody = 0
    for _ in range(rounds):
        missing = audience - len(agreeing)
        new = await readers(deployment.bot.store, simulator, missing, now_ms=on.now_ms)
        agreeing |= {one.psid for one in new}
        everybody += missing
        before = len(simulator.received)
        number = await on.begins()
        await reached(simulator, before + 10)
        stopping = chance.sample(sorted(agreeing), _STOPPING)
        for psid in stopping:
            await simulator.say(psid, "STOP")
        for psid in stopping:
            await deployment.until(lambda psid=psid: _was_confirmed(psid, simulator))
        agreeing -= set(stopping)
        await deployment.until(lambda number=number: _is_decided(on, number, 60), timeout_s=_RUN_S)
        if not await on.is_in(number, "over"):
            await on.desk.cancel(number, now_ms=on.now_ms)
        await deployment.settles()
        assert not any(after_stop(simulator.received, psid) for psid in stopping)
        report = await on.report(number)
        assert (report.audience, report.open) == (everybody, 0)


async def _was_confirmed(psid: str, simulator: Simulator) -> bool:
    return any(sent.psid == psid and is_confirmation(sent) for sent in simulator.received)


async def _is_decided(on: Broadcasting, number: int, count: int) -> bool:
    report = await on.report(number)
    is_listed = report.runs[0].state != "making"
    return is_listed and report.audience - report.open >= count


async def test_a_restriction_in_the_middle_of_a_run_counts(deployment: Deployment) -> None:
    """Messages that are made already do not leave for whoever restricts the use of their data."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader(), await on.reader()
    number = await on.begins(_in_hours(on, 1))
    await anna.says("restrict")
    await anna.hears()
    deployment.clock.move(3700)
    await karl.hears("The fair")
    await on.until(number, "over")
    assert await on.outcomes(number) == {("window", "sent"): 1, ("none", "restricted"): 1}


async def test_an_erasure_stays_in_the_report_as_a_number(deployment: Deployment) -> None:
    """Once somebody is erased nothing is kept of their delivery but that there was one."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader(), await on.reader()
    number = await on.begins()
    await on.until(number, "over")
    await karl.hears("The fair")
    await anna.hears("The fair")
    await anna.says("delete me")
    await anna.hears()
    await anna.says("DELETE")
    await deployment.until(lambda: deployment.has_people(1))
    assert await on.outcomes(number) == {("window", "sent"): 2}


async def test_deliveries_become_counts_after_30_days(deployment: Deployment) -> None:
    """A month after a run nobody can tell who was sent what, and the report is the same."""
    on = Broadcasting(deployment)
    await on.reader()
    number = await on.begins()
    await on.until(number, "over")
    deployment.clock.move(31 * _DAY_S)
    await deployment.until(lambda: _has_no_rows(deployment))
    assert await on.outcomes(number) == {("window", "sent"): 1}


async def test_a_clock_that_jumps_repeats_nothing(deployment: Deployment) -> None:
    """A day forward a daily broadcast occurs once more; set back again it does not repeat."""
    on = Broadcasting(deployment)
    await on.reader()
    now = deployment.clock.now()
    soon = now + timedelta(minutes=5)
    number = await on.begins(
        Schedule(cron=daily(soon.hour, soon.minute), is_urgent=True), useful_hours=6
    )
    deployment.clock.move(600)
    await deployment.until(lambda: _came_to(on, number, {("window", "sent"): 1}))
    deployment.clock.move(_DAY_S)
    waits = {("window", "sent"): 1, ("next_contact", "waiting"): 1}
    await deployment.until(lambda: _came_to(on, number, waits))
    deployment.clock.move(-_DAY_S)
    await on.until(await on.begins(), "over")  # so the broadcaster has looked at all of them
    assert await _has_runs(on, number, 2)


async def test_what_was_missed_waits_for_a_word(deployment: Deployment) -> None:
    """An occurrence that comes after its time is not sent, until an admin says so."""
    on = Broadcasting(deployment)
    anna = await on.reader()
    number = await on.begins(_in_hours(on, 10), useful_hours=1)
    await on.desk.pause(number, now_ms=on.now_ms)
    deployment.clock.move(12 * 3600)
    await on.desk.resume(number, now_ms=on.now_ms)
    await deployment.until(lambda: _has_runs(on, number, 1))
    assert [run.state for run in (await on.report(number)).runs] == ["missed"]
    assert len(anna.bubbles()) == 2
    assert await on.desk.start_missed(number, now_ms=on.now_ms) == 1
    await anna.hears("The fair")
    await on.until(number, "over")


async def test_a_pause_holds_from_the_next_claim_on(deployment: Deployment) -> None:
    """While it is paused nothing leaves, answers do; resumed it goes on, nobody gets it twice."""
    on, simulator = Broadcasting(deployment), deployment.simulator
    await readers(deployment.bot.store, simulator, 80, now_ms=on.now_ms)
    number = await on.begins()
    await reached(simulator, 5)
    await on.desk.pause(number, now_ms=on.now_ms)
    await deployment.until(lambda: _has_no_calls(deployment))
    stood_at = len(simulator.received)
    other = deployment.person()
    await other.says("Hello")
    await other.hears()
    assert len(simulator.received) == stood_at + 1
    await on.desk.resume(number, now_ms=on.now_ms)
    await on.until(number, "over")
    assert await on.outcomes(number) == {("window", "sent"): 80}
    assert len(simulator.received) == 81


async def test_each_gets_it_at_their_own_hour(deployment: Deployment) -> None:
    """Two time zones: the same hour of the wall comes earlier in the east."""
    on = Broadcasting(deployment)
    anna, karl = await on.reader(), await on.reader()
    await lives_by(deployment, anna.psid, "Asia/Tokyo")
    await lives_by(deployment, karl.psid, "America/New_York")
    wall = (deployment.clock.now() + timedelta(hours=10)).replace(tzinfo=None)
    number = await on.begins(Schedule(at=wall, is_local=True, is_urgent=True), useful_hours=20)
    deployment.clock.move(2 * 3600)  # in Tokyo it is nine hours later
    await anna.hears("The fair")
    assert len(karl.bubbles()) == 2
    deployment.clock.move(14 * 3600)
    await karl.hears("The fair")
    await on.until(number, "over")
    assert await on.outcomes(number) == {("window", "sent"): 2}


def _in_hours(on: Broadcasting, hours: int) -> Schedule:
    at = on.deployment.clock.now() + timedelta(hours=hours)
    return Schedule(at=at.replace(tzinfo=None), is_urgent=True)


async def lives_by(deployment: Deployment, psid: str, zone: str) -> None:
    """Let somebody have given a time zone."""
    store, now_ms = deployment.bot.store, deployment.clock.now_ms()
    lookup = store.keyring.lookup(PAGE, psid)
    async with store.write() as tx:
        person = await store.people.get(tx, (await store.people.find(tx, [lookup]))[lookup])
        assert person is not None
        given = Detail("time_zone", zone, now_ms)
        await store.details.put(tx, person.person_id, person.key, given)


async def _came_to(on: Broadcasting, number: int, counts: Mapping[tuple[str, str], int]) -> bool:
    return await on.outcomes(number) == counts


async def _has_runs(on: Broadcasting, number: int, count: int) -> bool:
    return len((await on.report(number)).runs) == count


async def _has_no_calls(deployment: Deployment) -> bool:
    return set(await deployment.outbox_states()) <= {"pending"}


async def _has_no_rows(deployment: Deployment) -> bool:
    async with deployment.bot.store.read() as tx:
        return (await tx.execute(sa.select(tables.deliveries.c.delivery_id))).first() is None
