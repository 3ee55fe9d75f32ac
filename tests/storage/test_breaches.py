"""The register of breaches: lines are added, and nothing is ever changed."""

import pytest
import sqlalchemy as sa

from storage import Store
from storage.breaches import AUTHORITY_TOLD, CLOSED, NOT_NOTIFIED, AwareInFuture, Line
from storage.db.breach_tables import breach_lines, breaches
from tests.storage.make import HOUR_MS, NOON_MS, World


async def _opened(store: Store, *, aware_at_ms: int = NOON_MS) -> tuple[bytes, str]:
    async with store.write() as tx:
        made = await store.breaches.open(tx, aware_at_ms=aware_at_ms, now_ms=NOON_MS)
    return made.breach_id, made.number


async def _write(store: Store, breach_id: bytes, field: str, value: str, at_ms: int) -> None:
    async with store.write() as tx:
        await store.breaches.write(tx, breach_id, [Line(field, value, "owner 1", at_ms)])


async def test_awareness_may_lie_earlier(store: Store) -> None:
    """A breach that was noticed two days ago is entered with that time."""
    _, number = await _opened(store, aware_at_ms=NOON_MS - 48 * HOUR_MS)
    async with store.read() as tx:
        file = await store.breaches.find(tx, number)
    assert file is not None
    assert file.breach.aware_at_ms == NOON_MS - 48 * HOUR_MS
    assert file.breach.opened_at_ms == NOON_MS


async def test_awareness_is_never_later_than_now(store: Store) -> None:
    """A time that is still to come is refused, and nothing is entered."""
    with pytest.raises(AwareInFuture):
        await _opened(store, aware_at_ms=NOON_MS + 1)
    async with store.read() as tx:
        assert await store.breaches.list_all(tx) == []


async def test_a_correction_is_one_more_line(store: Store) -> None:
    """What was written first stays in the register; what was written last holds."""
    breach_id, number = await _opened(store)
    await _write(store, breach_id, "people_count", "10", NOON_MS)
    await _write(store, breach_id, "people_count", "25", NOON_MS + 1)
    async with store.read() as tx:
        file = await store.breaches.find(tx, number)
    assert file is not None
    assert [line.value for line in file.lines] == ["10", "25"]
    assert file.values == {"people_count": "25"}


async def test_the_register_is_found_however_its_number_is_typed(store: Store) -> None:
    """Small letters and blanks around it do no harm; another number finds nothing."""
    _, number = await _opened(store)
    async with store.read() as tx:
        assert await store.breaches.find(tx, f" {number.lower()} ")
        assert await store.breaches.find(tx, "2222-2222") is None


@pytest.mark.parametrize("end", [AUTHORITY_TOLD, NOT_NOTIFIED, CLOSED])
async def test_the_clock_runs_until_somebody_has_decided(store: Store, end: str) -> None:
    """Telling the authority, deciding not to, or closing ends the clock; other lines do not."""
    breach_id, number = await _opened(store)
    await _write(store, breach_id, "nature", "a stolen backup", NOON_MS)
    async with store.read() as tx:
        assert [one.number for one in await store.breaches.list_running(tx)] == [number]
    await _write(store, breach_id, end, "yes", NOON_MS)
    async with store.read() as tx:
        assert await store.breaches.list_running(tx) == []
        file = await store.breaches.find(tx, number)
    assert file is not None
    assert not file.runs


async def test_what_was_written_is_sealed(store: Store) -> None:
    """No word of the register stands readable in its tables."""
    breach_id, _ = await _opened(store)
    await _write(store, breach_id, "nature", "a canary in the backup", NOON_MS)
    async with store.read() as tx:
        rows = [*await tx.execute(breach_lines.select()), *await tx.execute(breaches.select())]
    assert len(rows) > 1
    assert all(b"canary" not in repr(row).encode() for row in rows)


async def test_the_register_survives_everybody_it_is_about(world: World) -> None:
    """Erasing a person takes no line from the register: none of them is about anybody."""
    breach_id, number = await _opened(world.store)
    await _write(world.store, breach_id, "nature", "a stolen backup", NOON_MS)
    await world.person(erase_due_at_ms=NOON_MS)
    assert await world.store.erase_due(now_ms=NOON_MS + 1) == 1
    async with world.store.read() as tx:
        file = await world.store.breaches.find(tx, number)
        lines = (await tx.execute(sa.select(sa.func.count()).select_from(breach_lines))).scalar()
    assert file is not None
    assert lines == 1
