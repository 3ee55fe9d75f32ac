"""What a person can see of themselves, ask for, and have erased."""

import random
import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from storage import ConsentAct, ConsentStatus, ShownText, Transaction
from storage.breach_notices import Plan, new_notice
from storage.data_map import COLUMNS
from storage.db.tables import accesses, cases, codes, deliveries, erasures, links, main, receipts
from storage.details import Detail
from storage.erasure import RECEIPT_WAIT_MS, order_erasure
from storage.holdings import Held, everything_of
from storage.policy_tellings import new_telling
from storage.receipts import new_number
from storage.vault.sealing import Cell, seal
from tests.storage.make import DAY_MS, NOON_MS, Known, World

EXPORTED = {
    (table.name, name)
    for table in main.sorted_tables
    if "person_id" in table.c
    for name, entry in COLUMNS[table.name].items()
    if entry.is_exported
}


async def _fill(world: World, who: Known, purpose: str) -> None:
    """Leave something in every exported column of a person."""
    await world.event(who)
    (loaded,) = [one for one in await world.claim_people() if one.person_id == who.person_id]
    shown = ShownText(f"May we? {purpose}", "news/1", "en")
    acts = [
        (ConsentAct(who.person_id, purpose, act, NOON_MS, shown), True)
        for act in ("granted", "refused", "withdrawn")
    ]
    async with world.store.write() as tx:
        status = {(who.person_id, purpose): ConsentStatus(NOON_MS, NOON_MS, NOON_MS)}
        await world.store.consents.record(tx, acts, status, now_ms=NOON_MS)
        await world.store.cases.open(
            tx, who.person_id, "human", now_ms=NOON_MS, due_at_ms=NOON_MS + DAY_MS
        )
        await _fill_rights(world, tx, who, loaded.key)
        full = replace(
            loaded,
            state=purpose.encode(),
            language="de",
            muted_until_ms=1,
            unreachable_since_ms=2,
            restricted_since_ms=3,
        )
        await world.store.people.change(tx, [full])


async def _fill_rights(world: World, tx: Transaction, who: Known, key: bytes) -> None:
    """Leave something in what rights need: an answer, a detail, a code, a link, a look, a send."""
    store, person = world.store, who.person_id
    await _fill_notice(world, tx, who)
    await store.details.put(tx, person, key, Detail("email", f"{who.psid}@x.org", NOON_MS, NOON_MS))
    await store.links.make(
        tx, person, "export", now_ms=NOON_MS, expires_at_ms=NOON_MS + 1, about="news"
    )
    await tx.execute(links.update().values(spent_at_ms=NOON_MS))
    await store.accesses.note(tx, person, role="owner", act="case", now_ms=NOON_MS)
    await tx.execute(accesses.update().values(told_at_ms=NOON_MS))
    (case_id,) = (
        await tx.execute(sa.select(cases.c.case_id).where(cases.c.person_id == person))
    ).scalars()
    answer = seal(key, b"We have looked.", Cell("cases", "answer", case_id, person))
    await tx.execute(cases.update().where(cases.c.case_id == case_id).values(answer=answer))
    code = seal(key, b"123456", Cell("codes", "code", person, person))
    await tx.execute(codes.insert(), [{"person_id": person, "code": code, "expires_at_ms": 1}])
    sent = {
        "delivery_id": secrets.token_bytes(16),
        "person_id": person,
        "purpose_id": "news",
        "lane": "window",
        "outcome": "sent",
        "at_ms": NOON_MS,
    }
    await tx.execute(deliveries.insert(), [sent])
    await store.frequency.take(
        tx, [(person, "news", sent["delivery_id"])], gaps_ms={"news": 1}, now_ms=NOON_MS
    )
    await store.policy_tellings.note_told(tx, [new_telling(person, 2, "window")], now_ms=NOON_MS)
    await store.policy_tellings.note_kept(tx, [person], now_ms=NOON_MS)
    await _fill_admin(world, tx, who)


async def _fill_admin(world: World, tx: Transaction, who: Known) -> None:
    """Let them be an admin, with an app and a session."""
    store, person = world.store, who.person_id
    admin = await store.admins.make(tx, person, "viewer", now_ms=NOON_MS)
    await store.admins.put_seed(tx, admin, who.key, "SEED")
    assert await store.admins.use_step(tx, admin, 1, now_ms=NOON_MS)
    until_ms = NOON_MS + DAY_MS
    await store.sign_ins.open_session(tx, person, now_ms=NOON_MS, ends_at_ms=until_ms)
    await store.sign_ins.note(tx, person, now_ms=NOON_MS, expires_at_ms=until_ms)


async def _fill_notice(world: World, tx: Transaction, who: Known) -> None:
    """Leave a notice of a breach."""
    store = world.store
    made = await store.breaches.open(tx, aware_at_ms=NOON_MS, now_ms=NOON_MS)
    plan = Plan({"en": "Something happened."}, (who.page_id,))
    telling = await store.breach_notices.begin(tx, made.breach_id, plan, now_ms=NOON_MS)
    notice = new_notice(telling, who.person_id, "window")
    await store.breach_notices.add(tx, [(notice, "queued", "their chat is open")], now_ms=NOON_MS)


async def _held(world: World, who: Known) -> list[Held]:
    (loaded,) = [one for one in await world.claim_people() if one.person_id == who.person_id]
    async with world.store.read() as tx:
        return await everything_of(tx, loaded)


async def test_everything_the_data_map_exports_is_there_and_nobody_elses(world: World) -> None:
    """Over random companies of people, each sees every exported column and no value of others."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    people = await world.people(chance.randint(2, 5))
    marks = {who.person_id: f"purpose-{chance.getrandbits(64):x}" for who in people}
    for who in people:
        await _fill(world, who, marks[who.person_id])
    for who in people:
        held = await _held(world, who)
        assert {(one.table, one.column) for one in held} == EXPORTED
        seen = repr([one.value for one in held])
        assert marks[who.person_id] in seen
        assert who.psid in seen
        others = [other for other in people if other is not who]
        assert not any(marks[other.person_id] in seen or other.psid in seen for other in others)


async def test_a_case_is_opened_once(world: World) -> None:
    """Asking for the same again leads to the case that is open already; cases are one's own."""
    one, other = await world.people(2)
    cases = world.store.cases
    async with world.store.write() as tx:
        due_at_ms = NOON_MS + DAY_MS
        first = await cases.open(tx, one.person_id, "human", now_ms=NOON_MS, due_at_ms=due_at_ms)
        again = await cases.open(tx, one.person_id, "human", now_ms=NOON_MS + 1, due_at_ms=1)
        assert again == first
        assert list(await cases.list_of(tx, one.person_id)) == [first]
        assert list(await cases.list_of(tx, other.person_id)) == []


@pytest.mark.parametrize("spelled", [str.lower, lambda number: number.replace("-", " ")])
async def test_a_receipt_is_found_however_it_is_typed(
    world: World, spelled: Callable[[str], str]
) -> None:
    """Capitals and dashes do not matter, and the number itself is not kept."""
    number = new_number()
    async with world.store.write() as tx:
        book = world.store.receipts
        await book.add(tx, number, kind="erasure", now_ms=NOON_MS, is_done=False)
        assert await book.find(tx, spelled(number)) == ("erasure", False)
        assert await book.find(tx, new_number()) is None
        (row,) = (await tx.execute(receipts.select())).all()
    assert number.encode() not in bytes(row.receipt_hash)


async def test_an_erasure_waits_for_its_receipt_but_not_for_ever(world: World) -> None:
    """While the receipt is on its way the person stays; after half a minute they go in any case."""
    who = await world.person()
    async with world.store.write() as tx:
        number = await order_erasure(tx, world.store.receipts, who.person_id, now_ms=NOON_MS)
    await world.message(who, b"your receipt")
    assert await world.store.complete_erasures(now_ms=NOON_MS + RECEIPT_WAIT_MS - 1) == 0
    assert await world.store.complete_erasures(now_ms=NOON_MS + RECEIPT_WAIT_MS) == 1
    async with world.store.read() as tx:
        assert await world.store.receipts.find(tx, number) == ("erasure", True)
        assert await world.store.people.find(tx, [who.lookup]) == {}
        assert (await tx.execute(sa.select(sa.func.count()).select_from(erasures))).scalar() == 0
    assert await world.store.keyring.find([who.person_id]) == {}


async def test_an_ordered_erasure_cancels_what_waits_and_handles_nothing_more(
    world: World,
) -> None:
    """After the order, messages that wait are gone and later events are left alone."""
    who, other = await world.people(2)
    await world.message(who)
    async with world.store.write() as tx:
        await order_erasure(tx, world.store.receipts, who.person_id, now_ms=NOON_MS)
    await world.event(who)
    await world.event(other)
    assert [person.person_id for person in await world.claim_people()] == [other.person_id]
    assert await world.claim() == []
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    async with world.store.read() as tx:
        assert await world.store.people.find(tx, [who.lookup]) == {}
