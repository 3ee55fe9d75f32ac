"""Mail, looks and answers on their way: each is handed out once, and goes with its person."""

import sqlalchemy as sa

from storage import NewMessage
from storage.db.tables import accesses, cases, mails, outbox
from storage.erasure import order_erasure
from storage.mails import ClaimedMail, Letter, NewMail
from storage.news import News, news_of
from storage.outbox import Settled
from tests.storage.make import DAY_MS, NOON_MS, PAGE, Known, World

LETTER = Letter("grace@example.org", "A message", "Good day.")


async def _mail(
    world: World, who: Known, *, due_at_ms: int = NOON_MS, access_id: bytes | None = None
) -> None:
    new = NewMail(
        who.person_id,
        who.key,
        LETTER,
        due_at_ms=due_at_ms,
        expires_at_ms=NOON_MS + DAY_MS,
        access_id=access_id,
    )
    async with world.store.write() as tx:
        await world.store.mails.add(tx, new)


async def _claim(world: World, now_ms: int = NOON_MS) -> ClaimedMail | None:
    async with world.store.write() as tx:
        return await world.store.mails.claim(tx, now_ms=now_ms, until_ms=now_ms + 1000, gaps_ms={})


async def test_a_mail_is_claimed_once_until_its_lease_ends(world: World) -> None:
    """The oldest first; whoever died with one lets it go in time."""
    first, second = await world.people(2)
    await _mail(world, first, due_at_ms=NOON_MS - 1)
    await _mail(world, second)
    one, two = await _claim(world), await _claim(world)
    assert one is not None
    assert two is not None
    assert [one.person_id, two.person_id] == [first.person_id, second.person_id]
    assert await _claim(world) is None
    again = await _claim(world, NOON_MS + 1000)
    assert again is not None
    assert (again.mail_id, again.attempts) == (one.mail_id, 2)
    async with world.store.read() as tx:
        assert await world.store.mails.read(tx, again) == LETTER


async def test_a_mail_that_is_put_off_waits(world: World) -> None:
    """Until its time; then it may be claimed, and once taken it is gone."""
    await _mail(world, await world.person())
    claimed = await _claim(world)
    assert claimed is not None
    async with world.store.write() as tx:
        await world.store.mails.try_again(tx, claimed.mail_id, due_at_ms=NOON_MS + 5)
        assert not await world.store.mails.is_due(tx, now_ms=NOON_MS + 4)
        assert await world.store.mails.is_due(tx, now_ms=NOON_MS + 5)
        await world.store.mails.remove(tx, claimed.mail_id)
        assert not await world.store.mails.is_due(tx, now_ms=NOON_MS + DAY_MS)


async def test_an_ordered_erasure_cancels_mail(world: World) -> None:
    """What waits is gone with the order; what comes afterwards is not handed out; then the rest."""
    who, other = await world.people(2)
    await _mail(world, who)
    claimed = await _claim(world)
    assert claimed is not None
    async with world.store.write() as tx:
        await order_erasure(tx, world.store.receipts, who.person_id, now_ms=NOON_MS)
        assert await world.store.mails.read(tx, claimed) is None
    await _mail(world, who)
    await _mail(world, other)
    last = await _claim(world)
    assert last is not None
    assert last.person_id == other.person_id
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    async with world.store.read() as tx:
        left = list((await tx.execute(sa.select(mails.c.person_id))).scalars())
    assert left == [other.person_id]


async def _look(world: World, who: Known) -> bytes:
    async with world.store.write() as tx:
        look = await world.store.accesses.note(
            tx, who.person_id, role="owner", act="case", now_ms=NOON_MS
        )
    return look.access_id


async def _notice(world: World, who: Known, access_id: bytes) -> None:
    message = NewMessage(
        person_id=who.person_id,
        page_id=PAGE,
        key=who.key,
        body=b"{}",
        kind="notice",
        due_at_ms=NOON_MS,
        expires_at_ms=NOON_MS + DAY_MS,
        resends_left=1,
        access_id=access_id,
    )
    async with world.store.write() as tx:
        await world.store.outbox.add(tx, [message])


async def _news(world: World, *who: Known) -> dict[bytes, News]:
    store, people = world.store, [one.person_id for one in who]
    for one in who:
        await world.event(one)  # news is told to whoever writes
    async with store.read() as tx:
        return {**await news_of(tx, store.accesses, store.cases, people, now_ms=NOON_MS)}


async def test_a_look_is_news_until_it_was_told(world: World) -> None:
    """What is on its way in the chat is no news meanwhile; what arrived is none any more."""
    who, other = await world.people(2)
    look = await _look(world, who)
    found = await _news(world, who, other)
    assert found.keys() == {who.person_id}
    assert [one.access_id for one in found[who.person_id].looks] == [look]
    await _notice(world, who, look)
    assert (await _news(world, who))[who.person_id] == News()
    (claimed,) = await world.claim()
    async with world.store.write() as tx:
        settled = await world.store.outbox.settle(tx, [claimed.outbox_id])
        assert settled == Settled(looks=[look])
        await world.store.accesses.mark_told(tx, [look], now_ms=NOON_MS + 1)
        await world.store.accesses.mark_told(tx, [look], now_ms=NOON_MS + 2)
        told = (await tx.execute(sa.select(accesses.c.told_at_ms))).scalar_one()
    assert told == NOON_MS + 1
    assert await _news(world, who) == {}


async def test_notices_are_taken_back_where_they_have_not_begun(world: World) -> None:
    """Of those people only, and of looks only: answers to what they asked for stay."""
    who, other = await world.people(2)
    look, others = await _look(world, who), await _look(world, other)
    for one, access_id in ((who, look), (other, others)):
        await _notice(world, one, access_id)
        await _mail(world, one, access_id=access_id)
    await _mail(world, who)
    await world.message(who)
    async with world.store.write() as tx:
        await world.store.accesses.cancel_notices(tx, [who.person_id])
        of_looks = sa.select(mails.c.person_id).where(mails.c.access_id.is_not(None))
        assert list((await tx.execute(of_looks)).scalars()) == [other.person_id]
        assert len((await tx.execute(mails.select())).all()) == 2
        notices = sa.select(outbox.c.person_id).where(outbox.c.kind == "notice")
        assert list((await tx.execute(notices)).scalars()) == [other.person_id]
    assert [one.access_id for one in (await _news(world, who))[who.person_id].looks] == [look]


async def test_an_answer_waits_sealed_and_goes_once_delivered(world: World) -> None:
    """Open, waiting, answered: each step once, and the text is kept no longer than needed."""
    who = await world.person()
    book = world.store.cases
    async with world.store.write() as tx:
        due_at_ms = NOON_MS + DAY_MS
        made = await book.open(tx, who.person_id, "object", now_ms=NOON_MS, due_at_ms=due_at_ms)
        found = await book.find(tx, made.number)
        assert found is not None
        assert await book.answer(tx, found, who.key, "We have looked.")
        assert not await book.answer(tx, found, who.key, "And again.")
        waiting = await book.answers_of(tx, who.person_id, who.key)
        assert waiting == {made.number: (found.case_id, "We have looked.")}
        assert await book.count_waiting(tx, [who.person_id]) == {who.person_id: 1}
        sealed = (await tx.execute(sa.select(cases.c.answer))).scalar_one()
        assert b"looked" not in bytes(sealed)
        assert [one.status for one in await book.list_undone(tx)] == ["waiting"]
        await book.mark_delivered(tx, [found.case_id])
        assert await book.answers_of(tx, who.person_id, who.key) == {}
        assert await book.list_undone(tx) == []
        assert await book.find(tx, "AAAA-AAAA") is None


async def test_a_human_who_takes_over_keeps_the_bot_quiet(world: World) -> None:
    """For the people named, and never for a shorter time than before."""
    who, other = await world.people(2)
    async with world.store.write() as tx:
        await world.store.people.mute_all(tx, [who.person_id], NOON_MS)
        await world.store.people.mute_all(tx, [who.person_id], NOON_MS - 1)
        await world.store.people.mute_all(tx, [], NOON_MS)
    assert (await world.row_of(who)).muted_until_ms == NOON_MS
    assert (await world.row_of(other)).muted_until_ms == 0
