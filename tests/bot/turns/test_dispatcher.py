"""What can't be handled is set aside, tried again, parked, and answered; nobody else waits."""

import secrets

import sqlalchemy as sa

from storage import ConsentAct, ConsentStatus, NewEvent, PersonId
from storage.db import tables
from storage.db.admin_tables import admin_tries, admins
from storage.vault.sealing import Cell, SealedBytes, seal
from tests.kit.admins import first_owner
from tests.kit.chat import Chat
from tests.kit.deployment import PAGE, Deployment


async def _greeted(deployment: Deployment) -> Chat:
    chat = deployment.person()
    await chat.says("Hello")
    await chat.hears()
    return chat


async def _person(deployment: Deployment, chat: Chat) -> PersonId:
    store = deployment.bot.store
    lookup = store.keyring.lookup(PAGE, chat.psid)
    async with store.read() as tx:
        return (await store.people.find(tx, [lookup]))[lookup]


async def _put_unreadable_event(deployment: Deployment, chat: Chat) -> None:
    """Put an event into the inbox that no version can read."""
    now_ms = deployment.clock.now_ms()
    person = await _person(deployment, chat)
    event = NewEvent(secrets.token_bytes(16), person, now_ms, now_ms, b"\xc1 not an event")
    async with deployment.bot.store.write() as tx:
        await deployment.bot.store.inbox.add(tx, [event])


async def _parked(deployment: Deployment) -> list[str]:
    async with deployment.bot.store.read() as tx:
        return [event.reason for event in await deployment.bot.store.inbox.list_parked(tx)]


async def test_an_event_that_fails_is_set_aside_and_holds_its_person(
    deployment: Deployment,
) -> None:
    """After a fault, later events of that person wait for the second try; others do not."""
    chat, other = await _greeted(deployment), await _greeted(deployment)
    await _put_unreadable_event(deployment, chat)
    await deployment.until(lambda: deployment.is_set_aside(1))
    await chat.says("help")
    await other.says("help")
    await other.hears()
    assert len(chat.bubbles()) == 1
    deployment.clock.move(2)
    await chat.hears("Something went wrong on our side")
    await chat.hears()
    assert await _parked(deployment) == ["DecodeError"]


async def test_a_parked_event_can_be_tried_again_or_dropped(deployment: Deployment) -> None:
    """An operator can retry a parked event, or drop it for good."""
    chat = await _greeted(deployment)
    await _put_unreadable_event(deployment, chat)
    await deployment.until(lambda: deployment.is_set_aside(1))
    deployment.clock.move(2)
    await chat.hears("Something went wrong")
    store = deployment.bot.store
    async with store.write() as tx:
        ids = [event.inbox_id for event in await store.inbox.list_parked(tx)]
        assert await store.inbox.retry_parked(tx, ids) == 1
    await deployment.until(lambda: deployment.is_set_aside(1))
    deployment.clock.move(2)
    await chat.hears("Something went wrong")
    async with store.write() as tx:
        assert await store.inbox.drop_parked(tx, ids) == 1
    assert await _parked(deployment) == []


async def test_one_persons_tampered_state_does_not_hold_up_the_others(
    deployment: Deployment,
) -> None:
    """What does not open is parked with its reason; everybody else is answered."""
    chat, other = await _greeted(deployment), await _greeted(deployment)
    person = await _person(deployment, chat)
    async with deployment.bot.store.write() as tx:
        await tx.execute(
            tables.people.update()
            .where(tables.people.c.person_id == person)
            .values(state=SealedBytes(b"\x01" + secrets.token_bytes(120)))
        )
    await chat.says("help")
    await other.says("help")
    await other.hears()
    await deployment.until(lambda: deployment.has_parked(1))
    assert await _parked(deployment) == ["Undecryptable"]


async def test_a_lost_key_is_not_taken_for_an_erasure(deployment: Deployment) -> None:
    """A person without a key who was never erased is reported as such, and nothing is deleted."""
    chat = await _greeted(deployment)
    person = await _person(deployment, chat)
    await deployment.bot.store.keyring.destroy([person])
    await chat.says("help")
    await deployment.until(lambda: deployment.has_parked(1))
    assert await _parked(deployment) == ["KeyLost"]
    assert await deployment.has_people(1)


async def test_a_persons_events_are_handled_in_one_transaction(deployment: Deployment) -> None:
    """After an answer, its event is gone from the inbox and the state is kept: all or nothing."""
    chat = await _greeted(deployment)
    await chat.says("help")
    await chat.hears()
    async with deployment.bot.store.read() as tx:
        waiting = await tx.execute(sa.select(sa.func.count()).select_from(tables.inbox))
        state = await tx.execute(sa.select(tables.people.c.state))
        assert waiting.scalar_one() == 0
        assert state.scalar_one() is not None


async def _tamper(deployment: Deployment, chat: Chat) -> None:
    person = await _person(deployment, chat)
    async with deployment.bot.store.write() as tx:
        await tx.execute(
            tables.people.update()
            .where(tables.people.c.person_id == person)
            .values(state=SealedBytes(b"\x01" + secrets.token_bytes(120)))
        )


async def _opted_in(deployment: Deployment) -> Chat:
    chat = await _greeted(deployment)
    await chat.says("news")
    await chat.hears("May we send")
    await chat.taps("Yes")
    await chat.hears("Noted")
    return chat


async def test_stop_wins_where_the_state_does_not_open(deployment: Deployment) -> None:
    """STOP ends everything, and is confirmed, although what was kept of the person is tampered."""
    chat = await _opted_in(deployment)
    await _tamper(deployment, chat)
    await chat.says("stop")
    await chat.hears("START")
    assert await deployment.granted(chat.psid) == set()


async def test_stop_wins_where_the_key_is_lost(deployment: Deployment) -> None:
    """STOP ends everything although no answer can be sealed any more."""
    chat = await _opted_in(deployment)
    await deployment.bot.store.keyring.destroy([await _person(deployment, chat)])
    await chat.says("stop")
    await deployment.until(lambda: deployment.has_granted(chat.psid, set()))


async def test_stop_ends_what_the_configuration_no_longer_names(deployment: Deployment) -> None:
    """A consent to a purpose that was taken out of the settings ends with STOP like any other."""
    chat = await _greeted(deployment)
    person = await _person(deployment, chat)
    at_ms = deployment.clock.now_ms()
    act = ConsentAct(person, "former", "granted", at_ms)
    async with deployment.bot.store.write() as tx:
        status = {(person, "former"): ConsentStatus(granted_at_ms=at_ms)}
        await deployment.bot.store.consents.record(tx, [(act, True)], status, now_ms=at_ms)
    await chat.says("stop")
    await chat.hears("START")
    assert await deployment.granted(chat.psid) == set()


async def test_a_state_of_an_unknown_form_does_not_end_the_process(deployment: Deployment) -> None:
    """What another version kept is parked with its reason, and the bot goes on."""
    chat, other = await _greeted(deployment), await _greeted(deployment)
    store = deployment.bot.store
    async with store.write() as tx:
        loaded = await store.people.find(tx, [store.keyring.lookup(PAGE, chat.psid)])
        (person,) = loaded.values()
        keys = await store.keyring.find([person])
        cell = Cell("people", "state", person, person)
        strange = seal(keys[person], b'{"age_ok":"of another type"}', cell)
        await tx.execute(
            tables.people.update().where(tables.people.c.person_id == person).values(state=strange)
        )
    await chat.says("help")
    await deployment.until(lambda: deployment.has_parked(1))
    await other.says("help")
    await other.hears()


async def test_many_events_behind_one_set_aside_hold_up_nobody_else(
    deployment: Deployment,
) -> None:
    """A person whose event waits for its second try takes no place in anybody's batch."""
    chat, other = await _greeted(deployment), await _greeted(deployment)
    await _put_unreadable_event(deployment, chat)
    await deployment.until(lambda: deployment.is_set_aside(1))
    simulator = deployment.simulator
    await simulator.post([simulator.text_event(chat.psid, "help") for _ in range(150)])
    await other.says("help")
    await other.hears()
    assert len(chat.bubbles()) == 1


async def test_a_parked_event_keeps_nobody(deployment: Deployment) -> None:
    """A stranger is erased in time although an event of theirs was parked."""
    chat = await _greeted(deployment)
    await _put_unreadable_event(deployment, chat)
    await deployment.until(lambda: deployment.is_set_aside(1))
    deployment.clock.move(2)
    await chat.hears("Something went wrong")
    deployment.clock.move(49 * 3600)
    await deployment.until(lambda: deployment.has_people(0))


async def test_a_timer_of_a_place_that_was_left_changes_nothing(deployment: Deployment) -> None:
    """When somebody has gone on, the time-out of the place before is of no meaning."""
    chat = await _greeted(deployment)
    await chat.says("please stop that now")
    await chat.hears("Is that what you meant?")
    person = await _person(deployment, chat)
    now_ms = deployment.clock.now_ms()
    late = NewEvent(secrets.token_bytes(16), person, now_ms, now_ms, b"timed out 1")
    async with deployment.bot.store.write() as tx:
        await deployment.bot.store.inbox.add(tx, [late])
    await chat.taps("That's right")
    await chat.hears("Good.")


async def test_an_event_that_fails_half_way_leaves_nothing_behind(deployment: Deployment) -> None:
    """What was written before the fault is undone, so that a second try is not a second effect."""
    owner = await first_owner(deployment)
    await owner.chat.says("/signins")
    await owner.chat.hears("six digits")
    async with deployment.bot.store.write() as tx:
        await tx.execute(admins.update().values(seed=SealedBytes(b"\x01" + bytes(120))))
    await owner.proves()
    await deployment.until(lambda: deployment.is_set_aside(1))
    deployment.clock.move(2)
    await deployment.until(lambda: deployment.has_parked(1))
    async with deployment.bot.store.read() as tx:
        assert (await tx.execute(sa.select(admin_tries))).all() == []
