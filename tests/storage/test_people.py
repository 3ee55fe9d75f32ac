"""People: found by blind index, added once, changed after each turn."""

from dataclasses import replace

import sqlalchemy as sa

from storage import KeyLost, KnownPerson, NewPerson, PersonId, Undecryptable
from storage.db.tables import people, person_keys
from storage.vault.sealing import SealedBytes
from tests.storage.conftest import OpenStore
from tests.storage.make import DAY_MS, HOUR_MS, NOON_MS, OTHER_PAGE, PAGE, World


async def test_a_person_is_found_by_page_and_psid(world: World) -> None:
    """The blind index of Page and PSID leads to the person, and that of another Page does not."""
    who = await world.person()
    keyring = world.store.keyring
    asked = [keyring.lookup(PAGE, who.psid), keyring.lookup(OTHER_PAGE, who.psid)]
    async with world.store.read() as tx:
        assert await world.store.people.find(tx, asked) == {who.lookup: who.person_id}


async def test_an_unknown_lookup_is_nobody(world: World) -> None:
    """A blind index that nobody has leads to nobody, and asking for none asks nothing."""
    async with world.store.read() as tx:
        assert await world.store.people.find(tx, [bytes(32)]) == {}
        assert await world.store.people.find(tx, []) == {}


async def test_adding_twice_keeps_the_first(world: World) -> None:
    """A person whom another node added meanwhile stays as that node made them."""
    first = await world.person()
    second = NewPerson(
        person_id=PersonId(bytes(16)),
        page_id=PAGE,
        lookup=first.lookup,
        key=bytes(32),
        psid=first.psid,
        window_ends_at_ms=0,
        erase_due_at_ms=0,
        created_at_ms=0,
    )
    async with world.store.write() as tx:
        await world.store.people.add(tx, [second])
        assert await world.store.people.find(tx, [first.lookup]) == {first.lookup: first.person_id}


async def test_a_new_person_can_be_loaded(world: World) -> None:
    """Somebody new has no state and no language, and a window of a day."""
    who = await world.person()
    await world.event(who)
    (loaded,) = await world.claim_people()
    assert loaded.person_id == who.person_id
    assert (loaded.key, loaded.state, loaded.language) == (who.key, None, None)
    assert loaded.window_ends_at_ms == NOON_MS + DAY_MS


async def test_a_change_is_read_back(world: World) -> None:
    """What a turn changed is there in the next one."""
    await world.event(await world.person())
    (loaded,) = await world.claim_people()
    changed = replace(
        loaded,
        state=b"state",
        language="de",
        window_ends_at_ms=1,
        muted_until_ms=2,
        erase_due_at_ms=3,
    )
    async with world.store.write() as tx:
        await world.store.people.change(tx, [changed])
    assert await world.claim_people() == [changed]


async def test_nobody_is_claimed_without_due_events(world: World) -> None:
    """People without events, or with parked or later ones only, are left alone."""
    await world.person()
    await world.event(await world.person(), received_at_ms=NOON_MS + 1)
    parked = await world.person()
    await world.event(parked)
    async with world.store.write() as tx:
        (event,) = await world.store.inbox.list_pending(tx, [parked.person_id])
        await world.store.inbox.park(tx, event, "Broken")
    assert await world.claim_people() == []


async def test_a_lost_key_concerns_one_person_only(world: World) -> None:
    """Who has no key any more is told apart, and all others are served."""
    lost, well = await world.people(2)
    await world.event(lost)
    await world.event(well)
    await world.store.keyring.destroy([lost.person_id])
    async with world.store.write() as tx:
        claimed = await world.store.people.claim_with_events(tx, now_ms=NOON_MS, limit=9)
    assert _troubles(claimed) == {lost.person_id: KeyLost.__name__, well.person_id: None}


async def test_a_damaged_state_concerns_one_person_only(world: World) -> None:
    """Whose state does not open is told apart, and all others are served."""
    spoilt, well = await world.people(2)
    await world.event(spoilt)
    await world.event(well)
    async with world.store.write() as tx:
        mine = people.c.person_id == spoilt.person_id
        await tx.execute(people.update().where(mine).values(state=people.c.psid))
        claimed = await world.store.people.claim_with_events(tx, now_ms=NOON_MS, limit=9)
    assert _troubles(claimed) == {spoilt.person_id: Undecryptable.__name__, well.person_id: None}


async def test_a_damaged_key_concerns_one_person_only(world: World, open_store: OpenStore) -> None:
    """Whose wrapped key does not open counts as lost, and all others are served."""
    spoilt, well = await world.people(2)
    await world.event(spoilt)
    await world.event(well)
    async with world.store.keyring.database.write() as tx:
        theirs = sa.select(person_keys.c.wrapped).where(person_keys.c.person_id == well.person_id)
        wrapped = SealedBytes((await tx.execute(theirs)).scalar_one())
        mine = person_keys.c.person_id == spoilt.person_id
        await tx.execute(person_keys.update().where(mine).values(wrapped=wrapped))
    other_node = open_store()  # it has no key in memory yet
    async with other_node.write() as tx:
        claimed = await other_node.people.claim_with_events(tx, now_ms=NOON_MS, limit=9)
    assert _troubles(claimed) == {spoilt.person_id: KeyLost.__name__, well.person_id: None}


def _troubles(claimed: list[KnownPerson]) -> dict[PersonId, str | None]:
    return {person.person_id: person.trouble for person in claimed}


async def test_muting_never_shortens(world: World) -> None:
    """A human's answer mutes until the later of two times."""
    who = await world.person()
    async with world.store.write() as tx:
        await world.store.people.mute(tx, who.lookup, NOON_MS + HOUR_MS)
        await world.store.people.mute(tx, who.lookup, NOON_MS)
    assert (await world.row_of(who)).muted_until_ms == NOON_MS + HOUR_MS


async def test_being_unreachable_ends_as_the_turn_says(world: World) -> None:
    """Being unreachable is noted, and goes once a turn says so."""
    who = await world.person()
    await world.event(who)
    async with world.store.write() as tx:
        await world.store.people.mark_unreachable(tx, [who.person_id], at_ms=NOON_MS)
    assert (await world.row_of(who)).unreachable_since_ms == NOON_MS
    (loaded,) = await world.claim_people()
    async with world.store.write() as tx:
        await world.store.people.change(tx, [replace(loaded, unreachable_since_ms=None)])
    assert (await world.row_of(who)).unreachable_since_ms is None


async def test_only_those_that_exist_are_listed(world: World) -> None:
    """Of some ids, those that are people are returned."""
    who = await world.person()
    async with world.store.read() as tx:
        listed = await world.store.people.list_existing(tx, [who.person_id, PersonId(bytes(16))])
    assert listed == {who.person_id}
