"""Codes that prove an address, and details that go when nothing needs them."""

import random

from storage.codes import LIFETIME_MS, MAX_PER_HOUR, MAX_TRIES, Checked, drop_code
from storage.db.tables import codes
from storage.details import Detail
from tests.storage.make import HOUR_MS, NOON_MS, Known, World


async def _make(world: World, who: Known, now_ms: int = NOON_MS) -> str | None:
    async with world.store.write() as tx:
        return await world.store.codes.make(tx, who.person_id, who.key, now_ms=now_ms)


async def _check(world: World, who: Known, typed: str, now_ms: int = NOON_MS) -> Checked:
    async with world.store.write() as tx:
        return await world.store.codes.check(tx, who.person_id, who.key, typed, now_ms=now_ms)


def _other_than(code: str | None) -> str:
    return f"{(int(code or 0) + 1) % 10**6:06}"


async def test_the_right_code_counts_once(world: World) -> None:
    """Six digits; the same again is spent; another person's code is none of mine."""
    who, other = await world.people(2)
    code = await _make(world, who)
    assert code is not None
    assert code.isdecimal()
    assert len(code) == 6
    assert await _check(world, other, code) == Checked("none")
    assert await _check(world, who, code) == Checked("right")
    assert await _check(world, who, code) == Checked("spent")


async def test_five_wrong_tries_spend_a_code(world: World) -> None:
    """Each tells how many are left; the right one comes too late then."""
    who = await world.person()
    code = await _make(world, who)
    for left in range(MAX_TRIES - 1, 0, -1):
        assert await _check(world, who, _other_than(code)) == Checked("wrong", left)
    assert await _check(world, who, _other_than(code)) == Checked("spent")
    assert await _check(world, who, code or "") == Checked("spent")


async def test_a_code_ends_with_its_time(world: World) -> None:
    """To the millisecond."""
    who = await world.person()
    code = await _make(world, who) or ""
    assert await _check(world, who, code, NOON_MS + LIFETIME_MS) == Checked("expired")
    assert await _check(world, who, code, NOON_MS + LIFETIME_MS - 1) == Checked("right")


async def test_any_hour_has_three_codes_at_most(world: World) -> None:
    """However they are spread, and also after a code was dropped."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    who, now_ms = await world.person(), NOON_MS
    made: list[int] = []
    for _ in range(60):
        now_ms += dice.randrange(HOUR_MS // 2)
        if await _make(world, who, now_ms):
            made.append(now_ms)
        if dice.random() < 0.3:
            async with world.store.write() as tx:
                await drop_code(tx, who.person_id)
        assert len([at for at in made if at > now_ms - HOUR_MS]) <= MAX_PER_HOUR
    assert len(made) > MAX_PER_HOUR


async def test_a_new_code_replaces_the_one_before(world: World) -> None:
    """With tries of its own."""
    who = await world.person()
    first = await _make(world, who)
    await _check(world, who, _other_than(first))
    second = await _make(world, who)
    if first != second:
        assert await _check(world, who, first or "") == Checked("wrong", MAX_TRIES - 1)
    assert await _check(world, who, second or "") == Checked("right")


async def test_another_address_makes_the_code_worthless(world: World) -> None:
    """It proves the address it was sent to, and no other; no address, no code."""
    who = await world.person()
    details = world.store.details
    async with world.store.write() as tx:
        old = Detail("email", "old@example.org", NOON_MS)
        await details.put(tx, who.person_id, who.key, old)
    code = await _make(world, who) or ""
    async with world.store.write() as tx:
        new = Detail("email", "new@example.org", NOON_MS)
        await details.put(tx, who.person_id, who.key, new)
    assert await _check(world, who, code) == Checked("spent")
    code = await _make(world, who) or ""
    async with world.store.write() as tx:
        assert await details.remove(tx, who.person_id, "email")
    assert await _check(world, who, code) == Checked("spent")


async def test_only_what_is_needed_stays(world: World) -> None:
    """Of one person; what others gave is left alone."""
    who, other = await world.people(2)
    details = world.store.details
    async with world.store.write() as tx:
        for one in (who, other):
            for name in ("name", "email", "phone"):
                await details.put(tx, one.person_id, one.key, Detail(name, "x", NOON_MS))
        assert await details.keep_only(tx, who.person_id, {"name"}) == 2
        assert list(await details.of(tx, who.person_id, who.key)) == ["name"]
        assert len(await details.of(tx, other.person_id, other.key)) == 3
        assert await details.keep_only(tx, who.person_id, set()) == 1


async def test_a_code_is_remembered_for_the_hour_it_is_counted_in(world: World) -> None:
    """Whoever deletes what is over can go by the column, and loses no count."""
    who = await world.person()
    await _make(world, who)
    async with world.store.read() as tx:
        row = (await tx.execute(codes.select())).one()
    assert row.expires_at_ms == NOON_MS + HOUR_MS
