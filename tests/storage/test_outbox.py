"""The outbox: who may send what, in which order, and what becomes of it."""

import pytest

from storage import KeyLost, OutboxId, Undecryptable
from storage.db.tables import outbox
from storage.vault.sealing import SealedBytes
from tests.storage.make import DAY_MS, NODE, NOON_MS, OTHER_PAGE, PAGE, World


async def test_a_claim_says_whom_and_what(world: World) -> None:
    """A claimed message opens: it says to whom, what, of which kind, and how often it was tried."""
    who = await world.person()
    message_id = await world.message(who, b"an answer")
    (claimed,) = await world.claim()
    assert (claimed.outbox_id, claimed.person_id) == (message_id, who.person_id)
    assert (claimed.psid, claimed.page_id, claimed.body) == (who.psid, PAGE, b"an answer")
    assert (claimed.kind, claimed.attempts) == ("answer", 1)


async def test_a_person_gets_one_message_at_a_time(world: World) -> None:
    """The next message of a person is claimed when the one before has ended, in their order."""
    who = await world.person()
    for body in (b"1", b"2", b"3"):
        await world.message(who, body)
    for body in (b"1", b"2", b"3"):
        (claimed,) = await world.claim()
        assert claimed.body == body
        assert await world.claim() == []
        await world.remove([claimed.outbox_id])
    assert await world.claim() == []


async def test_nobody_waits_for_others(world: World) -> None:
    """While one person's message is under way, everybody else's can leave."""
    one, other = await world.people(2)
    for body in (b"one 1", b"one 2"):
        await world.message(one, body)
    assert await world.claim_bodies() == [b"one 1"]
    for body in (b"other 1", b"other 2"):
        await world.message(other, body)
    assert await world.claim_bodies() == [b"other 1"]


async def test_the_oldest_leave_first(world: World) -> None:
    """Where there is room for some, those leave first that were due first."""
    for number in (3, 1, 2):
        await world.message(await world.person(), b"%d" % number, due_at_ms=NOON_MS - 10 + number)
    claimed = await world.claim(limit=2)
    assert [message.body for message in claimed] == [b"1", b"2"]


async def test_two_kinds_of_message_leave_one_after_the_other(world: World) -> None:
    """An answer and a notice that are both due do not collide; one waits for the other."""
    who = await world.person()
    await world.message(who, b"answer", kind="answer")
    await world.message(who, b"notice", kind="notice")
    (first,) = await world.claim()
    assert await world.claim() == []
    await world.remove([first.outbox_id])
    (second,) = await world.claim()
    assert {first.body, second.body} == {b"answer", b"notice"}


async def test_a_later_message_waits_for_its_time(world: World) -> None:
    """What is due later is not claimed before, to the millisecond."""
    await world.message(await world.person(), b"later", due_at_ms=NOON_MS + 1000)
    assert await world.claim(now_ms=NOON_MS + 999) == []
    assert await world.claim_bodies(now_ms=NOON_MS + 1000) == [b"later"]


async def test_a_delayed_message_holds_up_what_follows_it(world: World) -> None:
    """A message that is to be tried again later keeps its place before those of its kind."""
    who = await world.person()
    for body in (b"1", b"2"):
        await world.message(who, body)
    (claimed,) = await world.claim()
    async with world.store.write() as tx:
        due_at_ms = NOON_MS + 1000
        await world.store.outbox.try_again(tx, claimed.outbox_id, node=NODE, due_at_ms=due_at_ms)
    assert await world.claim() == []
    (again,) = await world.claim(now_ms=NOON_MS + 1000)
    assert (again.body, again.attempts) == (b"1", 2)


async def test_a_delayed_message_does_not_hold_up_other_kinds(world: World) -> None:
    """A broadcast that waits its turn never keeps an answer back."""
    who = await world.person()
    await world.message(who, b"broadcast", kind="broadcast", due_at_ms=NOON_MS + 1000)
    await world.message(who, b"answer")
    assert await world.claim_bodies() == [b"answer"]


async def test_only_the_pages_asked_for_are_claimed(world: World) -> None:
    """A Page whose pace is used up is left out, and so are its messages."""
    await world.message(await world.person(page_id=PAGE), b"one")
    await world.message(await world.person(page_id=OTHER_PAGE), b"other")
    claimed = await world.claim(pages=[OTHER_PAGE])
    assert [message.body for message in claimed] == [b"other"]
    assert await world.claim(pages=[]) == []


async def test_a_paused_page_rests_until_its_time(world: World) -> None:
    """Nothing leaves for a paused Page until the pause is over; other Pages go on."""
    await world.message(await world.person(page_id=PAGE), b"rests")
    await world.message(await world.person(page_id=OTHER_PAGE), b"leaves")
    async with world.store.write() as tx:
        until_ms = NOON_MS + 1000
        await world.store.pages.pause(
            tx, PAGE, reason="throttled", now_ms=NOON_MS, until_ms=until_ms
        )
    assert await world.claim_bodies() == [b"leaves"]
    assert await world.claim_bodies(now_ms=NOON_MS + 999) == []
    assert await world.claim_bodies(now_ms=NOON_MS + 1000) == [b"rests"]


async def test_a_page_paused_for_good_waits_to_be_resumed(world: World) -> None:
    """A pause without an end lasts until somebody resumes the Page."""
    await world.message(await world.person(), b"rests")
    async with world.store.write() as tx:
        await world.store.pages.pause(tx, PAGE, reason="token", now_ms=NOON_MS, until_ms=None)
    assert await world.claim(now_ms=NOON_MS * 2) == []
    async with world.store.write() as tx:
        assert await world.store.pages.resume(tx, [PAGE]) == 1
    assert await world.claim_bodies() == [b"rests"]


@pytest.mark.parametrize("state", ["pending", "begun", "in_doubt"])
async def test_an_echo_settles_a_message_in_any_state(world: World, state: str) -> None:
    """Once its echo came, a message is gone, whatever was thought of it, and only once."""
    message_id = await world.message(await world.person())
    if state != "pending":
        await world.claim()
    if state == "in_doubt":
        async with world.store.write() as tx:
            await world.store.outbox.doubt(tx, [message_id], node=NODE, decide_at_ms=NOON_MS)
    assert await world.states() == {message_id: state}
    assert await world.remove([message_id, OutboxId(bytes(16))]) == 1
    assert await world.remove([message_id]) == 0
    assert await world.remove([]) == 0


async def test_giving_back_leaves_no_trace(world: World) -> None:
    """A message that was claimed and not begun is as it was before, attempts included."""
    await world.message(await world.person())
    (claimed,) = await world.claim()
    async with world.store.write() as tx:
        await world.store.outbox.give_back(tx, [claimed.outbox_id], node=NODE)
    assert await world.claim() == [claimed]


@pytest.mark.parametrize("state", ["pending", "in_doubt"])
async def test_only_what_has_begun_can_be_given_back(world: World, state: str) -> None:
    """A late word of a node that was taken for dead changes nothing any more."""
    message_id = await world.message(await world.person())
    if state == "in_doubt":
        await world.claim()
    async with world.store.write() as tx:
        await world.store.outbox.doubt(tx, [message_id], node=NODE, decide_at_ms=NOON_MS)
        await world.store.outbox.give_back(tx, [message_id], node=NODE)
        await world.store.outbox.try_again(tx, message_id, node=NODE, due_at_ms=NOON_MS + 1)
    assert await world.states() == {message_id: state}
    async with world.store.write() as tx:
        assert await world.store.outbox.doubt(tx, [message_id], node=NODE, decide_at_ms=0) == 0


async def test_only_the_node_that_began_a_message_may_speak_for_it(world: World) -> None:
    """A node taken for dead can't touch what another one has begun since."""
    message_id = await world.message(await world.person())
    await world.claim()
    async with world.store.write() as tx:
        outbox = world.store.outbox
        assert await outbox.doubt(tx, [message_id], node="dead", decide_at_ms=NOON_MS) == 0
        await outbox.give_back(tx, [message_id], node="dead")
        await outbox.try_again(tx, message_id, node="dead", due_at_ms=NOON_MS)
    assert await world.states() == {message_id: "begun"}


async def test_a_refusal_is_counted_only_where_the_message_is_at_fault(world: World) -> None:
    """Every try is an attempt; what the line or the Page is to blame for adds nothing else."""
    message_id = await world.message(await world.person())
    for blame in (None, "refusals", "pauses", None):
        await world.claim()
        async with world.store.write() as tx:
            await world.store.outbox.try_again(
                tx, message_id, node=NODE, due_at_ms=NOON_MS, adds_to=blame
            )
    (claimed,) = await world.claim()
    assert (claimed.attempts, claimed.refusals, claimed.pauses) == (5, 1, 1)


async def test_what_does_not_open_now_is_held_until_it_expires(world: World) -> None:
    """A message whose key is lost waits for it to come back, and is dropped when it expires."""
    message_id = await world.message(await world.person())
    held = {"node": NODE, "due_at_ms": NOON_MS + 60_000}
    (first,) = await world.claim()
    async with world.store.write() as tx:
        await world.store.outbox.hold(tx, [message_id], now_ms=NOON_MS + DAY_MS - 1, **held)
    assert await world.claim(now_ms=NOON_MS + 59_999) == []
    assert await world.claim(now_ms=NOON_MS + 60_000) == [first]
    async with world.store.write() as tx:
        await world.store.outbox.hold(tx, [message_id], now_ms=NOON_MS + DAY_MS, **held)
    assert await world.states() == {}


async def test_a_lost_key_concerns_one_message_only(world: World) -> None:
    """A message whose person has no key is told apart, and all others leave."""
    lost, well = await world.people(2)
    lost_id = await world.message(lost)
    await world.message(well, b"well")
    await world.store.keyring.destroy([lost.person_id])
    async with world.store.write() as tx:
        claimed, broken = await world.store.outbox.claim(
            tx, node=NODE, pages=[PAGE], now_ms=NOON_MS, limit=9
        )
    assert [message.body for message in claimed] == [b"well"]
    assert {message: type(why) for message, why in broken.items()} == {lost_id: KeyLost}


async def test_a_damaged_message_concerns_itself_only(world: World) -> None:
    """A message that does not open, moved from another row here, is told apart."""
    who = await world.person()
    await world.message(who, b"a secret")
    (taken,) = await world.claim()
    other = await world.person()
    moved_id = await world.message(other)
    async with world.store.write() as tx:
        theirs = outbox.select().where(outbox.c.outbox_id == taken.outbox_id)
        body = SealedBytes((await tx.execute(theirs)).one().body)
        mine = outbox.c.outbox_id == moved_id
        await tx.execute(outbox.update().where(mine).values(body=body))
        claimed, broken = await world.store.outbox.claim(
            tx, node=NODE, pages=[PAGE], now_ms=NOON_MS, limit=9
        )
    assert claimed == []
    assert {message: type(why) for message, why in broken.items()} == {moved_id: Undecryptable}


async def test_the_backlog_counts_what_is_pending(world: World) -> None:
    """The backlog says how many messages wait and since when; what is in doubt is counted apart."""
    for due_at_ms in (NOON_MS + 2, NOON_MS + 1):
        await world.message(await world.person(), due_at_ms=due_at_ms)
    doubted = await world.message(await world.person(), due_at_ms=NOON_MS)
    await world.claim(now_ms=NOON_MS)
    async with world.store.write() as tx:
        await world.store.outbox.doubt(tx, [doubted], node=NODE, decide_at_ms=NOON_MS)
        backlog = await world.store.outbox.backlog(tx)
        assert (backlog.count, backlog.oldest_at_ms) == (2, NOON_MS + 1)
    assert list((await world.states()).values()).count("in_doubt") == 1


async def test_adding_nothing_is_fine(world: World) -> None:
    """A batch without replies adds nothing."""
    async with world.store.write() as tx:
        await world.store.outbox.add(tx, [])
    assert await world.states() == {}
