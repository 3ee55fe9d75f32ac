"""The audit: it finds every change to the past, and nothing where there is none."""

from pathlib import Path

import pytest

from storage.admin_acts import AdminAct
from storage.db.tables import consents
from storage.receipts import hash_of
from tests.storage.ledger.keeping import (
    agree,
    audited,
    fill,
    head,
    order,
    prover,
    sign,
    tamper,
)
from tests.storage.make import NOON_MS, World

LINES = 11
_SWAP = """
UPDATE ledger_entries AS one SET commitment = other.commitment FROM ledger_entries AS other
WHERE other.leaf_index = 9 - one.leaf_index AND one.leaf_index IN (4, 5)
"""
#: What somebody does to the tables, and what the audit says then.
TAMPERED = {
    "edited line": ("UPDATE ledger_entries SET commitment = :new WHERE leaf_index = 3", "tree"),
    "moved day": ("UPDATE ledger_entries SET day = day + 1 WHERE leaf_index = 10", "head"),
    "other kind": ("UPDATE ledger_entries SET kind = 'consent' WHERE leaf_index = 0", "checkpoint"),
    "swapped lines": (_SWAP, "tree"),
    "missing line": ("DELETE FROM ledger_entries WHERE leaf_index = 5", "line 5 is missing"),
    "missing end": ("DELETE FROM ledger_entries WHERE leaf_index >= 9", "lines are missing"),
    "edited node": ("UPDATE ledger_nodes SET hash = :new WHERE number = 2", "tree"),
    "missing node": ("DELETE FROM ledger_nodes WHERE number = 6", "tree"),
    "added node": ("INSERT INTO ledger_nodes VALUES (8, :new)", "instead of"),
    "edited head": ("UPDATE ledger_heads SET peaks = :new WHERE size = 8", "head at size 8"),
    "missing head": ("DELETE FROM ledger_heads WHERE size > 9", "last head"),
}


async def test_an_untouched_ledger_has_no_fault(world: World, tmp_path: Path) -> None:
    """Everything is recomputed and compared, and agrees."""
    people = await world.people(3)
    for who in people:
        await agree(world.store, who, who)
        await sign(world.store, tmp_path)
    found = await audited(world.store, tmp_path)
    assert found.faults == []
    assert (found.size, found.checkpoints, found.openings) == (6, 3, 6)
    assert found.root == (await head(world.store)).root


async def test_an_empty_ledger_has_no_fault(world: World, tmp_path: Path) -> None:
    """Before the first line there is nothing to find."""
    assert (await audited(world.store, tmp_path)).faults == []


@pytest.mark.parametrize("what", TAMPERED)
async def test_every_change_of_the_past_is_found(world: World, tmp_path: Path, what: str) -> None:
    """Edited, moved, swapped, cut or added: the audit says where."""
    for _ in range(LINES):
        await fill(world.store, 1)
        await sign(world.store, tmp_path)
    statement, said = TAMPERED[what]
    await tamper(world.store, "DELETE FROM ledger_receipts", statement)
    faults = (await audited(world.store, tmp_path)).faults
    assert any(said in fault for fault in faults), faults


async def test_a_whole_new_past_contradicts_the_checkpoints(world: World, tmp_path: Path) -> None:
    """Whoever writes another ledger that fits itself is found out by what was signed before."""
    await fill(world.store, 5)
    await sign(world.store, tmp_path)
    await _empty(world)
    await fill(world.store, 6)
    assert (await audited(world.store, tmp_path)).faults == [
        "the checkpoint at size 5 is of another past"
    ]


#: How many lines the new past has; the receipt is of the fifth.
REWRITTEN = {"longer": 9, "as long": 5, "shorter": 2, "empty": 0}


@pytest.mark.parametrize("how", REWRITTEN)
async def test_an_old_receipt_contradicts_a_new_past(
    world: World, tmp_path: Path, how: str
) -> None:
    """Also where the checkpoint file went too: what somebody was handed fits no other ledger."""
    await fill(world.store, 4)
    number = await order(world.store)
    held = await _proof_of(world, tmp_path, number)
    await _forget(world, tmp_path)
    await fill(world.store, REWRITTEN[how])
    assert (await audited(world.store, tmp_path)).faults == []  # by itself it fits
    (fault,) = (await audited(world.store, tmp_path, held=held)).faults
    assert fault.startswith("the checkpoint at size 5 is of a")


async def test_an_old_receipt_fits_the_ledger_that_grew(world: World, tmp_path: Path) -> None:
    """The control: where nothing was rewritten, what somebody was handed is its beginning."""
    held = await _proof_of(world, tmp_path, await order(world.store))
    for more in (0, 6):
        await fill(world.store, more)
        found = await audited(world.store, tmp_path, held=held)
        assert (found.faults, found.checkpoints) == ([], 2)


async def _proof_of(world: World, folder: Path, number: str) -> bytes:
    async with world.store.read() as tx:
        proof = await prover(world.store, folder).of_receipt(tx, number)
    assert proof
    return proof


async def _empty(world: World) -> None:
    names = ("ledger_receipts", "ledger_nodes", "ledger_heads", "ledger_entries")
    await tamper(world.store, *(f"DELETE FROM {name}" for name in names))  # noqa: S608 - ours


async def _forget(world: World, folder: Path) -> None:
    """Remove every line and every checkpoint, as whoever has the whole machine can."""
    await _empty(world)
    (folder / "checkpoints.log").unlink()


async def test_a_checkpoint_of_somebody_else_is_found(world: World, tmp_path: Path) -> None:
    """A note in the file that our key has not signed is a fault."""
    await fill(world.store, 1)
    await sign(world.store, tmp_path)
    file = tmp_path / "checkpoints.log"
    file.write_text(file.read_text().replace("\n1\n", "\n2\n"), encoding="utf-8")
    faults = (await audited(world.store, tmp_path)).faults
    assert faults == ["checkpoint 1 of the file is not signed by us"]


@pytest.mark.parametrize(
    "change",
    [{"act": "refused"}, {"counts": False}, {"platform_at_ms": 7}, {"text_hash": hash_of("x")}],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_consent_is_found(
    world: World, tmp_path: Path, change: dict[str, object]
) -> None:
    """A record that no longer reads as it did when its line was written is told, by the line."""
    await agree(world.store, await world.person())
    async with world.store.write() as tx:
        await tx.execute(consents.update().values(change))
    found = await audited(world.store, tmp_path)
    assert found.faults == ["a consent is not what line 0 commits to"]


#: What somebody does to what admins did, and what the audit says then.
ACTS_TAMPERED = {
    "edited act": ("UPDATE admin_acts SET opening = :new WHERE leaf_index = 1", "line 1 commits"),
    "missing act": ("DELETE FROM admin_acts WHERE leaf_index = 1", "3 lines tell of"),
}


@pytest.mark.parametrize("what", ACTS_TAMPERED)
async def test_every_change_of_what_admins_did_is_found(
    world: World, tmp_path: Path, what: str
) -> None:
    """An act that reads otherwise, or is gone, is told; untouched there is no fault."""
    for number in range(3):
        act = AdminAct("A-1", "owner", "admin revoke", f"A-{number}", "", NOON_MS)
        async with world.store.write() as tx:
            world.store.admin_acts.note(tx, act)
    assert (await audited(world.store, tmp_path)).faults == []
    statement, said = ACTS_TAMPERED[what]
    await tamper(world.store, statement)
    faults = (await audited(world.store, tmp_path)).faults
    assert any(said in fault for fault in faults), faults
