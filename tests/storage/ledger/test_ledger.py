"""The ledger in its tables: one line for each act, appended as one, never changed."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from storage import LedgerBroken, StorageRefused, Store, Transaction
from storage.db.dialects import insert_or_update
from storage.db.ledger_tables import ledger_entries, ledger_openings, ledger_receipts
from storage.erasure import order_erasure
from storage.ledger.tree import EMPTY_ROOT, is_consistent, is_included
from tests.storage.conftest import ON_POSTGRESQL, ON_SQLITE, OpenStore
from tests.storage.ledger.keeping import (
    GUARDED,
    agree,
    fill,
    head,
    kinds,
    order,
    tamper,
)
from tests.storage.make import NOON_MS, World


async def rows(world: World, table: sa.Table) -> list[Any]:
    """Return a table's rows."""
    async with world.store.read() as tx:
        return list((await tx.execute(table.select())).all())


async def test_an_empty_ledger_has_the_empty_root(world: World) -> None:
    """Before the first line the ledger is the RFC's empty tree."""
    found = await head(world.store)
    assert (found.size, found.root) == (0, EMPTY_ROOT)


async def test_each_act_is_one_line(world: World) -> None:
    """Consents of a batch, an order to erase and its completion are one line each, in order."""
    people = await world.people(3)
    await agree(world.store, *people)
    async with world.store.write() as tx:
        await order_erasure(tx, world.store.receipts, people[0].person_id, now_ms=NOON_MS)
    assert await world.store.complete_erasures(now_ms=NOON_MS) == 1
    assert await kinds(world.store) == ["consent"] * 3 + ["erasure-ordered", "erasure-completed"]
    assert (await head(world.store)).size == 5


async def test_a_completed_erasure_is_noted_once(world: World) -> None:
    """Saying twice that an erasure is done adds nothing."""
    await order(world.store)
    (row,) = await rows(world, ledger_receipts)
    for _ in range(2):
        async with world.store.write() as tx:
            await world.store.receipts.mark_done(tx, [row.receipt_hash], now_ms=NOON_MS)
    assert await kinds(world.store) == ["erasure-ordered", "erasure-completed"]


async def test_what_is_undone_leaves_no_line(world: World) -> None:
    """A transaction that fails takes its lines with it."""
    (who,) = await world.people(1)

    async def fail() -> None:
        async with world.store.write() as tx:
            await order_erasure(tx, world.store.receipts, who.person_id, now_ms=NOON_MS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await kinds(world.store) == []
    await fill(world.store, 1)
    assert await kinds(world.store) == ["erasure-ordered"]


async def test_a_consent_of_somebody_without_key_is_a_line_too(world: World) -> None:
    """Where the key is lost the act is still noted; nothing can open its line."""
    who = await world.person()
    await world.store.keyring.destroy([who.person_id])
    await agree(world.store, who)
    assert await kinds(world.store) == ["consent"]
    assert await rows(world, ledger_openings) == []


async def test_equal_consents_have_different_commitments(world: World) -> None:
    """Nobody can tell from two lines that they say the same, not even of the same person."""
    who = await world.person()
    for _ in range(5):
        await agree(world.store, who, who)
    found = await rows(world, ledger_entries)
    assert len({row.commitment for row in found}) == len(found) == 10


async def _proves_every_line(store: Store, tx: Transaction, size: int, root: bytes) -> None:
    for index in range(size):
        leaf = await store.ledger.leaf(tx, index)
        path = await store.ledger.inclusion(tx, index, size)
        assert leaf is not None
        assert is_included(leaf.hash(), index, size, path, root)


async def test_every_proof_from_the_tables_holds(world: World) -> None:
    """Every line at every size is proven from what is kept, and every size continues the last."""
    store, sizes = world.store, range(1, 22)
    roots = {}
    for size in sizes:
        await fill(store, 1)
        roots[size] = (await head(store)).root
    async with store.read() as tx:
        for size in sizes:
            await _proves_every_line(store, tx, size, roots[size])
            for old in range(1, size + 1):
                path = await store.ledger.consistency(tx, old, size)
                assert is_consistent(old, roots[old], size, roots[size], path)


async def test_batches_of_all_sizes_grow_one_tree(world: World) -> None:
    """Lines that come many at once stand in the tree as if they had come alone."""
    who = await world.person()
    for lines in (1, 7, 64, 3):
        await agree(world.store, *[who] * lines)
    found = await head(world.store)
    assert found.size == 75
    async with world.store.read() as tx:
        await _proves_every_line(world.store, tx, 75, found.root)


@pytest.mark.parametrize("act", ["UPDATE", "DELETE", "UPSERT"])
@pytest.mark.parametrize("table", GUARDED, ids=lambda table: str(table.name))
async def test_the_past_cannot_be_changed(world: World, table: sa.Table, act: str) -> None:
    """The database itself refuses to change, delete or replace what was written."""
    await fill(world.store, 4)
    before = await rows(world, table)
    key = next(iter(table.primary_key.columns))
    upsert = insert_or_update(world.store.main, table, (key.name,))
    statements = {
        "UPDATE": table.update().values({key.name: key}),
        "DELETE": table.delete(),
        "UPSERT": upsert.values(dict(before[0]._mapping)),  # noqa: SLF001 - its public name
    }
    with pytest.raises(StorageRefused) as refused:
        async with world.store.main.write() as tx:
            await tx.execute(statements[act])
    assert refused.value.is_about_data
    assert await rows(world, table) == before


@ON_SQLITE
@pytest.mark.parametrize("table", GUARDED, ids=lambda table: str(table.name))
async def test_replacing_is_no_way_round(world: World, table: sa.Table) -> None:
    """SQLite's INSERT OR REPLACE, which asks no DELETE trigger, is refused all the same."""
    await fill(world.store, 4)
    statement = f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}"  # noqa: S608 - ours
    with pytest.raises(StorageRefused):
        async with world.store.main.write() as tx:
            await tx.execute(sa.text(statement))


@ON_POSTGRESQL
@pytest.mark.parametrize("table", GUARDED, ids=lambda table: str(table.name))
async def test_truncating_is_no_way_round(world: World, table: sa.Table) -> None:
    """PostgreSQL's TRUNCATE, which asks no DELETE trigger, is refused all the same."""
    await fill(world.store, 4)
    with pytest.raises(StorageRefused):
        async with world.store.main.write() as tx:
            await tx.execute(sa.text(f"TRUNCATE {table.name} CASCADE"))


@ON_POSTGRESQL
async def test_nodes_that_append_at_once_keep_one_line(world: World, open_store: OpenStore) -> None:
    """Two nodes appending at the same time make one tree without a gap, and neither fails."""
    nodes = [world.store, open_store(), open_store()]
    await asyncio.gather(*(fill(node, 15) for node in nodes))
    found = await head(world.store)
    assert found.size == 45
    async with world.store.read() as tx:
        await _proves_every_line(world.store, tx, 45, found.root)
    lines = [row.leaf_index for row in await rows(world, ledger_entries)]
    assert sorted(lines) == [*range(45)]


@ON_POSTGRESQL
async def test_nodes_wait_only_for_the_end_of_each_other(
    world: World, open_store: OpenStore
) -> None:
    """A node that has noted lines, but is still at work, holds nobody up."""
    other = open_store()
    async with world.store.write() as tx:
        await world.store.receipts.add(tx, "AAAA", kind="erasure", now_ms=NOON_MS, is_done=False)
        async with asyncio.timeout(5):
            await fill(other, 1)
    assert (await head(world.store)).size == 2


async def test_a_missing_hash_is_told(world: World) -> None:
    """A proof that cannot be made because the tree was damaged raises, and names no person."""
    await fill(world.store, 4)
    await tamper(world.store, "DELETE FROM ledger_nodes WHERE number = 0")
    async with world.store.read() as tx:
        with pytest.raises(LedgerBroken):
            await world.store.ledger.inclusion(tx, 2, 4)
