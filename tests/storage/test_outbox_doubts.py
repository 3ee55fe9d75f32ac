"""Messages in doubt: what becomes of those of which nobody knows whether they arrived."""

from storage import Kind
from storage.db.tables import outbox
from tests.storage.make import NODE, NOON_MS, World

AT_NOON: dict[Kind, int] = dict.fromkeys(("answer", "notice", "broadcast"), NOON_MS)


async def test_a_message_in_doubt_holds_up_nothing(world: World) -> None:
    """What follows a message in doubt leaves meanwhile."""
    who = await world.person()
    for body in (b"1", b"2"):
        await world.message(who, body)
    (claimed,) = await world.claim()
    async with world.store.write() as tx:
        ids = [claimed.outbox_id]
        assert await world.store.outbox.doubt(tx, ids, node=NODE, decide_at_ms=NOON_MS + 10) == 1
    assert await world.claim_bodies() == [b"2"]


async def test_a_doubt_ends_with_one_more_send_then_never(world: World) -> None:
    """A message without an echo is sent once more, and after that is reported as unknown."""
    await world.message(await world.person(), resends_left=1)
    for expected in [(1, 0, []), (0, 1, [])]:
        (claimed,) = await world.claim(now_ms=NOON_MS)
        async with world.store.write() as tx:
            await world.store.outbox.doubt(tx, [claimed.outbox_id], node=NODE, decide_at_ms=NOON_MS)
            assert await world.store.outbox.decide(tx, now_ms=NOON_MS - 1) == (0, 0, [])
            assert await world.store.outbox.decide(tx, now_ms=NOON_MS) == expected
    assert await world.states() == {}


async def test_a_message_that_may_not_be_repeated_is_not(world: World) -> None:
    """A marketing broadcast in doubt is never sent again."""
    await world.message(await world.person(), kind="broadcast", resends_left=0)
    (claimed,) = await world.claim()
    async with world.store.write() as tx:
        await world.store.outbox.doubt(tx, [claimed.outbox_id], node=NODE, decide_at_ms=NOON_MS)
        assert await world.store.outbox.decide(tx, now_ms=NOON_MS) == (0, 1, [])
    assert await world.states() == {}


async def test_what_a_dead_node_had_begun_is_in_doubt(world: World) -> None:
    """It may have left, so it is not simply sent; what living nodes have begun is their own."""
    dead, living = await world.people(2)
    dead_id = await world.message(dead)
    await world.claim(node="dead")
    living_id = await world.message(living)
    await world.claim(node="living")
    async with world.store.write() as tx:
        assert await world.store.outbox.list_owners(tx) == {"dead", "living"}
        count = await world.store.outbox.doubt_all_of(tx, ["dead"], decide_at_ms=AT_NOON)
        assert count == 1
        assert await world.store.outbox.list_owners(tx) == {"living"}
    assert await world.states() == {dead_id: "in_doubt", living_id: "begun"}


async def test_each_kind_of_a_dead_nodes_messages_waits_its_own_time(world: World) -> None:
    """A dead node's notices and broadcasts wait for their echo as long as a living one's do."""
    kinds: tuple[Kind, ...] = ("answer", "notice", "broadcast")
    for kind in kinds:
        await world.message(await world.person(), kind=kind)
    await world.claim(node="dead")
    at_ms = {kind: NOON_MS + place for place, kind in enumerate(kinds)}
    async with world.store.write() as tx:
        assert await world.store.outbox.doubt_all_of(tx, ["dead"], decide_at_ms=at_ms) == 3
        rows = (await tx.execute(outbox.select())).all()
    assert {row.kind: row.decide_at_ms for row in rows} == at_ms


async def test_only_what_was_forgotten_is_doubted(world: World) -> None:
    """A node doubts what it has begun, some time ago, and knows nothing of; nothing else."""
    forgotten, known, young, pending = [
        await world.message(await world.person(), due_at_ms=NOON_MS + place) for place in range(4)
    ]
    await world.claim(now_ms=NOON_MS + 1)
    await world.claim(now_ms=NOON_MS + 2)
    await world.message(await world.person(), due_at_ms=NOON_MS)
    await world.claim(node="another", now_ms=NOON_MS)
    async with world.store.write() as tx:
        count = await world.store.outbox.doubt_forgotten(
            tx, node=NODE, known={known}, begun_before_ms=NOON_MS + 2, decide_at_ms=AT_NOON
        )
    assert count == 1
    states = await world.states()
    assert [states[one] for one in (forgotten, known, young, pending)] == [
        "in_doubt",
        "begun",
        "begun",
        "pending",
    ]
