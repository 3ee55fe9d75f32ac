"""Nights stay quiet for what was begun by day too: it goes on in the morning, and comes once."""

from datetime import timedelta

import sqlalchemy as sa

from bot.broadcasts.schedule import Schedule
from storage.broadcasts.records import Lane, NewDelivery
from storage.db.tables import deliveries
from tests.journeys.test_broadcast_stops import lives_by
from tests.kit.broadcasting import Broadcasting, Reader, readers
from tests.kit.deployment import PAGE, Databases, Deployment, deployed
from tests.kit.mail_server import MailServer

_BY_DAY = Schedule()
_HOUR_MS = 3_600_000


def _moves_to(deployment: Deployment, hour: int, minute: int = 0) -> None:
    """Go on to the next time at which the Page's clock shows this."""
    now = deployment.clock.now()
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    then += timedelta(days=then <= now)
    deployment.clock.move((then - now).total_seconds())


async def _is_put_off(on: Broadcasting) -> bool:
    """Tell whether everything that waits does so until later."""
    waiting = sa.select(deliveries.c.due_at_ms).where(deliveries.c.outcome == "waiting")
    async with on.deployment.bot.store.read() as tx:
        due = (await tx.execute(waiting)).scalars().all()
    return bool(due) and all(at_ms > on.now_ms for at_ms in due)


async def _listed_by_day(on: Broadcasting, *people: Reader, lane: Lane = "window") -> int:
    """Have a list on which these people's turn was by day, and has not come yet."""
    tomorrow = (on.deployment.clock.now() + timedelta(days=1)).replace(tzinfo=None)
    number = await on.begins(Schedule(at=tomorrow), useful_hours=48)
    store, now_ms = on.deployment.bot.store, on.now_ms
    until_ms = now_ms + 24 * _HOUR_MS
    new = [NewDelivery(one.person_id, lane, "waiting", now_ms, until_ms) for one in people]
    async with store.write() as tx:
        await store.broadcasts.set_next(tx, number, None)
        await store.runs.begin(
            tx, number, occurs_at_ms=now_ms, expires_at_ms=until_ms, state="sending", now_ms=now_ms
        )
        (run,) = await store.runs.list_of(tx, number)
        await store.deliveries.add(tx, run.run_id, "news", new, now_ms=now_ms)
    return number


async def test_whose_turn_comes_at_night_waits_for_the_morning(deployment: Deployment) -> None:
    """A list too long for the evening, or paused in it, goes on at eight of each one's clock."""
    _moves_to(deployment, 21, 5)
    on, store = Broadcasting(deployment), deployment.bot.store
    sleeper, awake = await readers(store, deployment.simulator, 2, now_ms=on.now_ms)
    await lives_by(deployment, awake.psid, "America/New_York")
    await _listed_by_day(on, sleeper, awake)
    await deployment.chat(awake.psid).hears("The fair")
    await deployment.until(lambda: _is_put_off(on))
    assert deployment.chat(sleeper.psid).bubbles() == []
    _moves_to(deployment, 8, 0)
    await deployment.chat(sleeper.psid).hears("The fair")


async def test_what_was_made_by_day_does_not_leave_by_night(deployment: Deployment) -> None:
    """A Page that is let go on at night sends what waited there in the morning, and once."""
    _moves_to(deployment, 20, 30)
    on, store = Broadcasting(deployment), deployment.bot.store
    (one,) = await readers(store, deployment.simulator, 1, now_ms=on.now_ms)
    async with store.write() as tx:
        await store.holds.hold(tx, PAGE, by=1, now_ms=on.now_ms)
    url = "https://club.example.org/fair.png"
    number = await on.begins(_BY_DAY, useful_hours=48, picture_url=url)
    await deployment.until(lambda: deployment.outbox_has(2))
    _moves_to(deployment, 22, 0)
    async with store.write() as tx:
        await store.holds.let_go(tx, PAGE)
    await deployment.until(lambda: _is_put_off(on))
    assert deployment.chat(one.psid).bubbles() == []
    _moves_to(deployment, 8, 0)
    await on.until(number, "over")
    picture, text = deployment.chat(one.psid).bubbles()
    assert picture.attachment is not None
    assert "The fair" in text.text
    assert await on.outcomes(number) == {("window", "sent"): 1}


async def test_a_mail_that_was_put_off_waits_for_the_morning_too(databases: Databases) -> None:
    """A mail server that is back at night gets the broadcast at eight, and once."""
    async with MailServer() as server, deployed(databases, mail=server.settings()) as deployment:
        _moves_to(deployment, 19)
        on = Broadcasting(deployment)
        anna = await on.reader()
        await deployment.verifies_email(anna.psid, "anna@example.org")
        deployment.clock.move(25 * 3600)
        _moves_to(deployment, 20, 55)
        server.refusal = "451 Come back later"
        number = await on.begins(_BY_DAY, useful_hours=48)
        await deployment.until(lambda: server.was_asked(1))
        server.refusal = None
        _moves_to(deployment, 23, 0)
        await deployment.until(lambda: _is_put_off(on))
        assert server.mails == []
        _moves_to(deployment, 8, 0)
        await deployment.until(lambda: server.has(1))
        await on.until(number, "over")
        assert await on.outcomes(number) == {("email", "sent"): 1}
