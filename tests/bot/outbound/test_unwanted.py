"""What was not asked for leaves only while it is wanted: asked once more when it is claimed."""

from dataclasses import replace

import pytest

from storage import ConsentAct, ConsentStatus, KnownPerson
from tests.bot.outbound.sending import Receiver, Sending, sending
from tests.kit.deployment import Databases

GRANTED = ConsentStatus(granted_at_ms=1)


async def _stands(half: Sending, who: Receiver, status: ConsentStatus) -> None:
    """Let a purpose stand like this for a person."""
    act = ConsentAct(who.person_id, "news", "granted", 1)
    async with half.store.write() as tx:
        standing = {(who.person_id, "news"): status}
        await half.store.consents.record(tx, [(act, True)], standing, now_ms=1)


async def _load(half: Sending, who: Receiver) -> KnownPerson:
    async with half.store.read() as tx:
        person = await half.store.people.get(tx, who.person_id)
    assert person is not None
    return person


async def test_a_broadcast_reaches_whoever_agrees(databases: Databases) -> None:
    """With a yes that stands, a broadcast leaves."""
    async with sending(databases) as half:
        who = await half.person()
        await _stands(half, who, GRANTED)
        await half.queue(who, kind="broadcast", purpose_id="news")
        half.start()
        await half.until_states()
        assert half.texts() == ["hello"]


@pytest.mark.parametrize(
    "status",
    [
        ConsentStatus(),
        ConsentStatus(granted_at_ms=1, withdrawn_at_ms=2),
        ConsentStatus(granted_at_ms=1, refused_at_ms=2),
        ConsentStatus(granted_at_ms=1, withdrawn_at_ms=1),
    ],
    ids=["never agreed", "withdrawn", "refused", "withdrawn at once"],
)
async def test_a_broadcast_that_nobody_agrees_to_is_dropped(
    databases: Databases, status: ConsentStatus
) -> None:
    """What was queued before a STOP does not leave after it; answers still do."""
    async with sending(databases) as half:
        who = await half.person()
        await _stands(half, who, status)
        await half.queue(who, kind="broadcast", purpose_id="news")
        await half.queue(who, "an answer")
        half.start()
        await half.until_states()
        assert half.texts() == ["an answer"]
        assert (await _load(half, who)).unreachable_since_ms is None


async def test_a_yes_to_something_else_is_no_yes(databases: Databases) -> None:
    """Each purpose counts on its own, and a broadcast without one is wanted by nobody."""
    async with sending(databases) as half:
        who = await half.person()
        await _stands(half, who, GRANTED)
        await half.queue(who, kind="broadcast", purpose_id="other")
        await half.queue(who, kind="broadcast")
        half.start()
        await half.until_states()
        assert half.texts() == []


async def test_a_restricted_person_gets_no_broadcast(databases: Databases) -> None:
    """While the use of data is restricted a yes stands, and nothing is sent on it."""
    async with sending(databases) as half:
        who = await half.person()
        await _stands(half, who, GRANTED)
        known = await _load(half, who)
        async with half.store.write() as tx:
            await half.store.people.change(tx, [replace(known, restricted_since_ms=1)])
        await half.queue(who, kind="broadcast", purpose_id="news")
        half.start()
        await half.until_states()
        assert half.texts() == []
