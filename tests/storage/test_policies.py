"""Versions of the notice: published once, begun in time, edited by one at a time."""

from dataclasses import replace

import pytest

from storage import ConsentAct, ConsentStatus, NewMessage
from storage.consents import judge
from storage.errors import DraftMoved
from storage.policies import NewVersion, PolicyDraft
from tests.storage.make import DAY_MS, NOON_MS, PAGE, Known, World

DRAFT = PolicyDraft(
    revision=1,
    words_hash=b"w" * 32,
    facts_hash=b"f" * 32,
    in_force_from_ms=None,
    asks_again=(),
    edited_by="A-1",
    edited_at_ms=NOON_MS,
)


def _new(*purposes: str, from_ms: int = 0, asks_again: tuple[str, ...] = ()) -> NewVersion:
    return NewVersion(
        words_hash=b"w" * 32,
        facts={"purposes": [{"id": one} for one in purposes]},
        texts={"en": "What we keep.", "de": "Was wir aufheben."},
        published_by="A-1",
        in_force_from_ms=from_ms,
        asks_again=asks_again,
    )


async def _publish(
    world: World, new: NewVersion, *, after: int, now_ms: int = NOON_MS
) -> int | None:
    async with world.store.write() as tx:
        return await world.store.policies.publish(tx, new, after=after, now_ms=now_ms)


async def _agrees(world: World, who: Known, *, at_ms: int) -> None:
    act = ConsentAct(who.person_id, "news", "granted", at_ms)
    async with world.store.write() as tx:
        standing = (await world.store.consents.find(tx, [who.person_id]))[who.person_id]
        status, counts = judge(standing.get("news", ConsentStatus()), act)
        at = {(who.person_id, "news"): status}
        await world.store.consents.record(tx, [(act, counts)], at, now_ms=at_ms)


async def _is_granted(world: World, who: Known) -> bool:
    async with world.store.read() as tx:
        found = await world.store.consents.find(tx, [who.person_id])
    return found[who.person_id]["news"].is_granted


async def _is_wanted(world: World, who: Known) -> bool:
    message = NewMessage(
        person_id=who.person_id,
        page_id=PAGE,
        key=who.key,
        body=b"{}",
        kind="broadcast",
        due_at_ms=NOON_MS,
        expires_at_ms=NOON_MS + 30 * DAY_MS,
        resends_left=0,
        purpose_id="news",
    )
    async with world.store.write() as tx:
        await world.store.outbox.add(tx, [message])
    (claimed,) = await world.claim(now_ms=NOON_MS + 9 * DAY_MS)
    await world.remove([claimed.outbox_id])
    return claimed.bar is None


async def test_of_two_who_publish_at_once_one_does(world: World) -> None:
    """The other is told, and nothing of theirs is kept."""
    assert await _publish(world, _new("news"), after=0) == 1
    assert await _publish(world, _new("other"), after=0) is None
    async with world.store.read() as tx:
        (only,) = await world.store.policies.list_all(tx)
        assert only.facts == {"purposes": [{"id": "news"}]}
        texts = await world.store.policies.texts_of(tx, 1)
    assert texts == {"en": "What we keep.", "de": "Was wir aufheben."}


async def test_a_version_begins_when_its_time_comes(world: World) -> None:
    """Until then the one before stays in force; every one begins once."""
    book = world.store.policies
    await _publish(world, _new("news"), after=0)
    await _publish(world, _new("news", from_ms=NOON_MS + DAY_MS), after=1)
    async with world.store.write() as tx:
        assert await book.numbers(tx) == (2, 1)
        assert await book.begin_due(tx, now_ms=NOON_MS + DAY_MS - 1) == []
        assert await book.begin_due(tx, now_ms=NOON_MS + DAY_MS) == [2]
        assert await book.begin_due(tx, now_ms=NOON_MS + DAY_MS) == []
        assert await book.numbers(tx) == (2, 2)


async def test_nothing_is_sent_for_a_purpose_that_no_notice_in_force_names(world: World) -> None:
    """Whatever the person agreed to: not before a version names it, nor after one drops it."""
    who = await world.person()
    await _agrees(world, who, at_ms=NOON_MS - 1)
    assert not await _is_wanted(world, who)
    await _publish(world, _new("news"), after=0)
    assert await _is_wanted(world, who)
    await _publish(world, _new("other"), after=1)
    assert not await _is_wanted(world, who)


async def test_a_yes_that_is_asked_for_anew_stops_counting_at_once(world: World) -> None:
    """From the moment the version begins, for what is queued too; a new yes counts again."""
    who = await world.person()
    await _publish(world, _new("news"), after=0, now_ms=NOON_MS - DAY_MS)
    await _agrees(world, who, at_ms=NOON_MS - 1)
    later = NOON_MS + DAY_MS
    await _publish(world, _new("news", from_ms=later, asks_again=("news",)), after=1)
    assert await _is_granted(world, who)
    async with world.store.write() as tx:
        await world.store.policies.begin_due(tx, now_ms=later)
    assert not await _is_granted(world, who)
    assert not await _is_wanted(world, who)
    await _agrees(world, who, at_ms=later)  # an answer to the old words that comes late
    assert not await _is_granted(world, who)
    await _agrees(world, who, at_ms=later + 1)
    assert await _is_granted(world, who)
    assert await _is_wanted(world, who)


async def test_two_who_edit_one_draft_mix_nothing(world: World) -> None:
    """The second is told that it has changed; what the first wrote stays whole."""
    book = world.store.policies
    first = replace(DRAFT, revision=2, asks_again=("news",), edited_at_ms=NOON_MS + 1)
    second = replace(DRAFT, revision=2, in_force_from_ms=NOON_MS, edited_by="A-2")
    async with world.store.write() as tx:
        await book.keep_draft(tx, DRAFT, instead_of=None)
        with pytest.raises(DraftMoved):
            await book.keep_draft(tx, second, instead_of=None)
        await book.keep_draft(tx, first, instead_of=DRAFT)
        with pytest.raises(DraftMoved):
            await book.keep_draft(tx, second, instead_of=DRAFT)
        with pytest.raises(DraftMoved):
            await book.drop_draft(tx, DRAFT)
        assert await book.draft(tx) == first
    assert len({DRAFT.digest(), first.digest(), second.digest()}) == 3
    await _publish(world, _new("news"), after=0)
    async with world.store.write() as tx:
        assert await book.draft(tx) is None
        with pytest.raises(DraftMoved):
            await book.keep_draft(tx, replace(first, revision=3), instead_of=first)
