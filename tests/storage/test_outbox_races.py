"""The outbox under several claimers at once: two nodes, two transactions, one person."""

import asyncio
import random
from collections import defaultdict

from storage import ClaimedMessage, StorageRefused, Store
from tests.kit.patience import PATIENCE_S
from tests.storage.conftest import ON_POSTGRESQL, OpenStore
from tests.storage.make import NOON_MS, PAGE, World

CLAIMERS = 4


async def claim(store: Store, node: str) -> list[ClaimedMessage]:
    """Claim as one node, as the sender does: what collides is left for the next time."""
    try:
        async with store.write() as tx:
            claimed, _ = await store.outbox.claim(
                tx, node=node, pages=[PAGE], now_ms=NOON_MS, limit=50
            )
    except StorageRefused:
        return []
    return claimed


async def test_many_claimers_at_once_never_share_a_person(
    world: World, open_store: OpenStore
) -> None:
    """However many claim at once, a person has one message under way, and none is claimed twice."""
    people = await world.people(10)
    for body in (b"1", b"2", b"3"):
        for who in people:
            await world.message(who, body)
    nodes = [open_store() for _ in range(CLAIMERS)]
    claims = await asyncio.gather(
        *(claim(store, f"node {number}") for number, store in enumerate(nodes))
    )
    claimed = [message for one in claims for message in one]
    assert len({message.person_id for message in claimed}) == len(claimed)
    assert all(message.body == b"1" for message in claimed)
    assert sorted((await world.states()).values()).count("begun") == len(claimed)


@ON_POSTGRESQL
async def test_a_claim_under_way_hides_its_people(world: World, open_store: OpenStore) -> None:
    """Before a claim has committed, another transaction gets other people's messages only."""
    one, other = await world.people(2)
    for body in (b"one 1", b"one 2"):
        await world.message(one, body)
    other_node = open_store()
    async with world.store.write() as tx:
        claimed, _ = await world.store.outbox.claim(
            tx, node="a", pages=[PAGE], now_ms=NOON_MS, limit=9
        )
        await world.message(other, b"other 1")
        theirs = await claim(other_node, "b")
    assert [message.body for message in claimed] == [b"one 1"]
    assert [message.body for message in theirs] == [b"other 1"]


@ON_POSTGRESQL
async def test_two_kinds_at_once_begin_once(world: World, open_store: OpenStore) -> None:
    """An answer and a notice claimed by two nodes at once: one begins, the other is refused."""
    who = await world.person()
    await world.message(who, b"answer", kind="answer")
    other_node = open_store()
    async with world.store.write() as tx:
        first, _ = await world.store.outbox.claim(
            tx, node="a", pages=[PAGE], now_ms=NOON_MS, limit=9
        )
        await world.message(who, b"notice", kind="notice")
        rival = asyncio.create_task(claim(other_node, "b"))
        await world.until_somebody_waits()
    assert await rival == []
    assert [message.body for message in first] == [b"answer"]
    assert sorted((await world.states()).values()) == ["begun", "pending"]
    await world.remove([first[0].outbox_id])
    assert await world.claim_bodies() == [b"notice"]


async def test_everything_leaves_once_and_in_order(world: World, open_store: OpenStore) -> None:
    """Many nodes that claim, fail and succeed at random send each message once, in order."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    people = await world.people(6)
    for number in range(5):
        for who in people:
            await world.message(who, b"%d" % number)
    sent: dict[bytes, list[bytes]] = defaultdict(list)
    left = 30

    async def work(store: Store, node: str) -> None:
        nonlocal left
        while left:
            for message in await claim(store, node):
                async with store.write() as tx:
                    if chance.random() < 0.3:
                        await store.outbox.give_back(tx, [message.outbox_id], node=node)
                    else:
                        left -= 1
                        assert await store.outbox.remove(tx, [message.outbox_id]) == 1
                        sent[message.person_id].append(message.body)

    nodes = [open_store() for _ in range(CLAIMERS)]
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(work(store, f"n{at}") for at, store in enumerate(nodes)))
    assert all(bodies == [b"0", b"1", b"2", b"3", b"4"] for bodies in sent.values())
    assert len(sent) == len(people)
