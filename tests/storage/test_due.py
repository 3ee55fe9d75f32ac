"""Who and what is due, and what holds it up."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict

import pytest
import sqlalchemy as sa

from storage import ConsentStatus, Retention, Store, Transaction
from storage.admins import INVITE_LASTS_MS
from storage.db.admin_tables import admin_sessions, admin_sign_ins
from storage.db.tables import codes, consent_status, deliveries, links, mails, people
from storage.due import REQUEST_HOLDS_MS
from storage.expired import LINK_AFTERLIFE_MS
from storage.mails import Letter, NewMail
from storage.sign_ins import TRIES_LAST_MS
from storage.vault.sealing import SealedBytes
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, Known, World

KEEP = Retention(stranger_ms=48 * HOUR_MS, withdrawn_ms=30 * DAY_MS, inactive_ms=360 * DAY_MS)
YES = ConsentStatus(granted_at_ms=NOON_MS)
ENDED = ConsentStatus(NOON_MS, None, NOON_MS + DAY_MS)
NEVER = ConsentStatus(None, NOON_MS, NOON_MS)


@pytest.mark.parametrize(
    ("statuses", "is_restricted", "due_after_ms"),
    [
        ((), False, 48 * HOUR_MS),
        ((NEVER,), False, 48 * HOUR_MS),
        ((ENDED,), False, 31 * DAY_MS),
        ((ENDED, NEVER), False, 31 * DAY_MS),
        ((ENDED, YES), False, 360 * DAY_MS),
        ((ENDED,), True, 360 * DAY_MS),
        ((), True, 360 * DAY_MS),
    ],
)
def test_how_long_somebody_is_kept(
    statuses: tuple[ConsentStatus, ...], *, is_restricted: bool, due_after_ms: int
) -> None:
    """Strangers 48 hours, whoever withdrew 30 days after it, a yes or a restriction for a year."""
    due_ms = KEEP.erase_due_at_ms(NOON_MS, statuses, is_restricted=is_restricted)
    assert due_ms == NOON_MS + due_after_ms


async def _case(world: World, who: Known) -> str:
    async with world.store.write() as tx:
        case = await world.store.cases.open(
            tx, who.person_id, "human", now_ms=NOON_MS, due_at_ms=NOON_MS + 28 * DAY_MS
        )
    return case.number


async def test_an_open_request_holds_up_the_erasure(world: World) -> None:
    """Until it is answered; then the person goes with the next sweep."""
    who = await world.person(erase_due_at_ms=NOON_MS)
    number = await _case(world, who)
    assert await world.store.erase_due(now_ms=NOON_MS + 300 * DAY_MS) == 0
    async with world.store.write() as tx:
        await world.store.cases.mark_answered(tx, number)
    assert await world.store.erase_due(now_ms=NOON_MS + 300 * DAY_MS) == 1


async def test_a_request_holds_nobody_for_ever(world: World) -> None:
    """An answer that reaches nobody within a year waits no longer."""
    await _case(world, await world.person(erase_due_at_ms=NOON_MS))
    assert await world.store.erase_due(now_ms=NOON_MS + REQUEST_HOLDS_MS - 1) == 0
    assert await world.store.erase_due(now_ms=NOON_MS + REQUEST_HOLDS_MS) == 1


async def _due(store: Store, now_ms: int = NOON_MS) -> tuple[Mapping[str, int], Mapping[str, int]]:
    return await store.count_due(now_ms=now_ms, deliveries_before_ms=now_ms - 30 * DAY_MS)


async def test_people_are_counted_by_what_they_are_due_for(world: World) -> None:
    """Counted are just those that a sweep then erases."""
    for known in ((), (NEVER,), (ENDED,), (ENDED, YES)):
        who = await world.person(erase_due_at_ms=NOON_MS)
        async with world.store.write() as tx:
            for number, status in enumerate(known):
                row = {"person_id": who.person_id, "purpose_id": f"p{number}", **asdict(status)}
                await tx.execute(consent_status.insert(), [row])
    restricted = await world.person(erase_due_at_ms=NOON_MS)
    async with world.store.write() as tx:
        mine = people.c.person_id == restricted.person_id
        await tx.execute(people.update().where(mine).values(restricted_since_ms=1))
    await world.person(erase_due_at_ms=NOON_MS + 1)
    await _case(world, await world.person(erase_due_at_ms=NOON_MS))
    found, _ = await _due(world.store)
    assert found == {"inactive": 2, "withdrawn": 1, "stranger": 2}
    assert await world.store.erase_due(now_ms=NOON_MS) == sum(found.values())
    assert sum((await _due(world.store))[0].values()) == 0


async def _leave_behind(world: World, who: Known, over_ms: int) -> None:
    """Leave one of each behind that is over at a time."""
    person = who.person_id
    async with world.store.write() as tx:
        await world.store.links.make(
            tx, person, "export", now_ms=NOON_MS, expires_at_ms=over_ms - LINK_AFTERLIFE_MS
        )
        code = {"person_id": person, "code": SealedBytes(b"sealed"), "expires_at_ms": over_ms}
        await tx.execute(codes.insert(), [code])
        sent = {
            "delivery_id": secrets.token_bytes(16),
            "person_id": person,
            "purpose_id": "news",
            "lane": "window",
            "outcome": "sent",
            "at_ms": over_ms - 30 * DAY_MS,
        }
        await tx.execute(deliveries.insert(), [sent])
        letter = Letter("somebody@example.org", "Your request", "Hello")
        await world.store.mails.add(tx, NewMail(person, who.key, letter, NOON_MS, over_ms))
        await _leave_an_admin_behind(tx, world, who, over_ms)


async def _leave_an_admin_behind(tx: Transaction, world: World, who: Known, over_ms: int) -> None:
    """Let somebody have been invited, tried a code, signed in and begun something."""
    store, person = world.store, who.person_id
    await store.admins.invite(tx, "viewer", now_ms=over_ms - INVITE_LASTS_MS)
    await store.sign_ins.take_try(tx, person, now_ms=over_ms - TRIES_LAST_MS)
    await store.sign_ins.open_session(tx, person, now_ms=NOON_MS - 1, ends_at_ms=over_ms)
    await store.sign_ins.note(tx, person, now_ms=NOON_MS - 1, expires_at_ms=over_ms)
    await store.pending_acts.ask(
        tx,
        person,
        who.key,
        command="audit",
        line="/audit",
        digest=bytes(32),
        expires_at_ms=over_ms,
    )


async def test_what_is_over_is_counted_and_deleted_and_nothing_else(world: World) -> None:
    """To the millisecond, and the dry count leaves everything where it is."""
    over, not_yet = await world.people(2)
    await _leave_behind(world, over, NOON_MS)
    await _leave_behind(world, not_yet, NOON_MS + 1)
    expected = {"links": 1, "codes": 1, "deliveries": 1, "mails": 1, "evidence": 0}
    expected |= {"alert_tellings": 0, "alerts": 0}
    expected |= {"admin_invites": 1, "admin_sessions": 1, "admin_sign_ins": 1}
    expected |= {"admin_tries": 1, "pending_acts": 1, "breach_notices": 0}
    expected |= {"frequency": 0, "unknown_texts": 0}
    for _ in range(2):
        assert (await _due(world.store))[1] == expected
    before_ms = NOON_MS - 30 * DAY_MS
    gone = await world.store.delete_expired(now_ms=NOON_MS, deliveries_before_ms=before_ms)
    assert gone == expected
    async with world.store.read() as tx:
        for table in (links, codes, deliveries, mails, admin_sessions, admin_sign_ins):
            left = (await tx.execute(sa.select(table.c.person_id))).scalars().all()
            assert left == [not_yet.person_id]


async def test_a_mail_that_is_being_sent_is_left_to_its_sender(world: World) -> None:
    """Only once its claim is over may it go."""
    await _leave_behind(world, await world.person(), NOON_MS)
    async with world.store.write() as tx:
        await tx.execute(mails.update().values(claimed_until_ms=NOON_MS + 1))
    assert (await _due(world.store))[1]["mails"] == 0


async def test_much_is_deleted_in_parts(world: World) -> None:
    """One transaction takes so many rows and no more."""
    who = await world.person()
    async with world.store.write() as tx:
        for _ in range(3):
            await world.store.links.make(tx, who.person_id, "export", now_ms=0, expires_at_ms=0)
    for expected in (2, 1, 0):
        gone = await world.store.delete_expired(now_ms=NOON_MS, deliveries_before_ms=0, limit=2)
        assert gone["links"] == expected
