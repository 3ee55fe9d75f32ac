"""Whoever can write to the disk: no stored value that was moved or touched is ever accepted."""

import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage import Store, Transaction
from storage.breach_notices import Plan
from storage.breaches import Line
from storage.db.breach_tables import breach_lines
from storage.db.columns import Sealed
from storage.db.ledger_tables import ledger_entries
from storage.db.tables import keys, main
from storage.details import Detail
from storage.errors import Undecryptable
from storage.kept_proofs import KeptProofs
from storage.ledger.leaf import Leaf
from storage.ledger.note import VerifierKey, open_note
from storage.ledger.proof import ProofRefused, read_proof
from storage.ledger.tree import fold, grow
from storage.mails import Letter, NewMail
from storage.tellings import Tellings
from storage.vault.sealing import Cell, SealedBytes, open_sealed
from storage.vault.secrets import FileSecrets, Secrets
from tests.kit.deployment import Databases
from tests.storage.ledger.keeping import agree, consent_ids, fill, prover
from tests.storage.make import DAY_MS, EVERYBODYS, NOON_MS, Known, World

if TYPE_CHECKING:
    from storage.keyring import Use

PEOPLE = 6
#: Which row a sealed value is bound to, column by column, and whose it is, where somebody's.
ROWS: dict[str, Callable[[Any], bytes]] = {
    "people.psid": lambda row: row.person_id,
    "people.state": lambda row: row.person_id,
    "inbox.body": lambda row: row.event_key,
    "outbox.body": lambda row: row.outbox_id,
    "cases.answer": lambda row: row.case_id,
    "details.value": lambda row: row.field.encode(),
    "codes.code": lambda row: row.person_id,
    "mails.body": lambda row: row.mail_id,
    "ledger_openings.opening": lambda row: row.consent_id,
    "evidence.opening": lambda row: row.consent_id,
    "tellings.body": lambda row: row.telling_id,
    "admins.seed": lambda row: row.person_id,
    "pending_acts.line": lambda row: row.act_id.encode(),
    "breach_lines.value": lambda row: row.line_id,
    "breach_tellings.plan": lambda row: row.telling_id,
    "person_keys.wrapped": lambda row: row.person_id,
    "day_keys.wrapped": lambda row: f"{row.day}/{row.use}".encode(),
}


@dataclass(frozen=True)
class Stored:
    """A sealed value as it stands on the disk, where it stands, and what opens it there."""

    cell: Cell
    key: bytes
    value: bytes

    def is_opened_by(self, value: bytes) -> bool:
        """Tell whether these bytes would be accepted in this place."""
        try:
            open_sealed(self.key, SealedBytes(value), self.cell)
        except Undecryptable:
            return False
        return True


async def filled(world: World) -> None:
    """Give some people one of everything that is sealed."""
    people = await world.people(PEOPLE)
    for who in people:
        await agree(world.store, who)
        await world.event(who)
        await world.message(who)
        await _more(world, who)
    store = world.store
    proofs = KeptProofs(
        store.main, store.keyring, days=1, write=lambda is_quick: store.write(is_quick=is_quick)
    )
    ids = [who.person_id for who in people]
    await proofs.keep(ids, now_ms=NOON_MS)
    async with store.write() as tx:
        await Tellings(store.keyring, [EVERYBODYS]).queue(tx, ids, now_ms=NOON_MS)
        for who in people:
            await _as_admin(store, tx, who)
        breach = await store.breaches.open(tx, aware_at_ms=NOON_MS, now_ms=NOON_MS)
        lines = [
            Line(field, "What happened.", "A-1, owner", NOON_MS) for field in ("nature", "effects")
        ]
        await store.breaches.write(tx, breach.breach_id, lines)
        plan = Plan({"en": "Something happened."}, ("1",))
        for _ in range(2):
            await store.breach_notices.begin(tx, breach.breach_id, plan, now_ms=NOON_MS)


async def _as_admin(store: Store, tx: Transaction, who: Known) -> None:
    admin = await store.admins.make(tx, who.person_id, "viewer", now_ms=NOON_MS)
    await store.admins.put_seed(tx, admin, who.key, "SEED")
    await store.pending_acts.ask(
        tx,
        who.person_id,
        who.key,
        command="admin revoke",
        line="A-2",
        digest=bytes(32),
        expires_at_ms=NOON_MS + DAY_MS,
    )


async def _more(world: World, who: Known) -> None:
    store, person, letter = world.store, who.person_id, Letter("anna@example.org", "A", "text")
    mail = NewMail(person, who.key, letter, NOON_MS, NOON_MS + DAY_MS)
    async with store.write() as tx:
        known = await store.people.get(tx, person)
        assert known is not None
        await store.people.change(tx, [replace(known, state=b"{}")])
        for name in ("name", "email"):
            await store.details.put(tx, person, who.key, Detail(name, "Anna", NOON_MS, None))
        await store.codes.make(tx, person, who.key, now_ms=NOON_MS)
        await store.mails.add(tx, mail)
        case = await store.cases.open(tx, person, "human", now_ms=NOON_MS, due_at_ms=NOON_MS)
        which = await store.cases.find(tx, case.number)
        assert which is not None
        await store.cases.answer(tx, which, who.key, "An answer.")


async def everything_sealed(store: Store, folder: Path) -> list[Stored]:
    """Return every sealed value of both databases."""
    held = FileSecrets(folder / "secrets" / "keys.secret").load()
    found = []
    for database, metadata in ((store.main, main), (store.keyring.database, keys)):
        for table in metadata.sorted_tables:
            async with database.read() as tx:
                rows = (await tx.execute(table.select())).all()
            for column in table.c:
                if not isinstance(column.type, Sealed):
                    continue
                place = ROWS[f"{table.name}.{column.name}"]
                for row in rows:
                    owner = getattr(row, "person_id", b"")
                    if table is breach_lines:
                        owner = row.breach_id
                    cell = Cell(table.name, column.name, place(row), owner)
                    key = await _key_of(store, held, row)
                    found.append(Stored(cell, key, getattr(row, column.name)))
    return found


async def _key_of(store: Store, held: Secrets, row: Any) -> bytes:
    if hasattr(row, "epoch"):
        return held.epochs[row.epoch]
    if hasattr(row, "breach_id"):
        return held.derive("breaches/1")
    if hasattr(row, "key_day"):
        use: Use = "evidence" if hasattr(row, "leaf_index") else "inbox"
        if hasattr(row, "telling_id"):
            use = "telling"
        return await store.keyring.day_key(row.key_day, use)
    return (await store.keyring.find([row.person_id]))[row.person_id]


def flipped(value: bytes, dice: random.Random) -> bytes:
    """Return a value with one bit changed."""
    changed, bit = bytearray(value), dice.randrange(len(value) * 8)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def roll() -> random.Random:
    """Return dice whose seed is printed, so that a failure can be repeated."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    return random.Random(seed)


async def test_every_sealed_column_opens_in_its_own_place(
    world: World, databases: Databases
) -> None:
    """The control: there is a value of every sealed column, and each opens where it stands."""
    await filled(world)
    stored = await everything_sealed(world.store, databases.folder)
    assert {f"{one.cell.table}.{one.cell.column}" for one in stored} == set(ROWS)
    assert all(one.is_opened_by(one.value) for one in stored)


async def test_no_stored_value_opens_in_another_place(world: World, databases: Databases) -> None:
    """Of 10,000 exchanges between rows, columns, tables and people, none is accepted."""
    await filled(world)
    stored, dice = await everything_sealed(world.store, databases.folder), roll()
    for _ in range(10_000):
        one, other = dice.sample(stored, 2)
        assert not one.is_opened_by(other.value), (one.cell.table, other.cell.table)
        assert not other.is_opened_by(one.value), (one.cell.table, other.cell.table)


async def test_no_stored_value_with_a_flipped_bit_opens(world: World, databases: Databases) -> None:
    """Of 50,000 sealed values and wrapped keys with one bit changed, none is accepted."""
    await filled(world)
    stored, dice = await everything_sealed(world.store, databases.folder), roll()
    for _ in range(50_000):
        one = dice.choice(stored)
        assert not one.is_opened_by(flipped(one.value, dice)), one.cell.table


async def flip_the_ledger(world: World, folder: Path, flips: int) -> None:
    """Change single bits of a line, of a signed checkpoint and of a proof, so often each."""
    rows, note, proof, key = await _evidence(world, folder)
    dice, checkpoint = roll(), open_note(note, key)
    assert checkpoint
    lines = [Leaf(row.kind, row.day, row.commitment) for row in rows]
    hashes = [line.hash() for line in lines]
    assert _root(hashes) == checkpoint.root
    for _ in range(flips):
        at = dice.randrange(len(rows))
        touched = _touched(lines[at], dice).hash()
        assert _root([*hashes[:at], touched, *hashes[at + 1 :]]) != checkpoint.root
        assert open_note(flipped(note.encode(), dice).decode(errors="replace"), key) is None
        assert _is_refused(flipped(proof, dice), key)


def _touched(line: Leaf, dice: random.Random) -> Leaf:
    """Return a line with one bit of any of its columns changed."""
    kind, day = (
        flipped(line.kind.encode(), dice).decode("latin-1"),
        line.day ^ 1 << dice.randrange(31),
    )
    commitment = flipped(line.commitment, dice)
    return dice.choice(
        [replace(line, kind=kind), replace(line, day=day), replace(line, commitment=commitment)]
    )


async def test_no_flipped_bit_of_the_ledger_is_accepted(world: World, tmp_path: Path) -> None:
    """A line, a signed checkpoint or a proof with one bit changed: 2,000 of each, none accepted."""
    await flip_the_ledger(world, tmp_path, 2_000)


@pytest.mark.soak
async def test_no_flipped_bit_of_the_ledger_is_accepted_for_long(
    world: World, tmp_path: Path
) -> None:
    """The same with 50,000 of each."""
    await flip_the_ledger(world, tmp_path, 50_000)


async def _evidence(world: World, folder: Path) -> tuple[Sequence[Any], str, bytes, VerifierKey]:
    """Return lines of a ledger, its signed checkpoint, the proof of a consent, and the key."""
    await fill(world.store, 3)
    await agree(world.store, await world.person())
    await fill(world.store, 3)
    (consent_id,) = await consent_ids(world.store)
    knows = prover(world.store, folder)
    async with world.store.read() as tx:
        rows = (await tx.execute(ledger_entries.select().order_by("leaf_index"))).all()
        signed = await knows.checkpoints.newest(tx)
        proven = await knows.of_consent(tx, consent_id)
    assert proven
    return rows, signed.note, proven.file, knows.checkpoints.key


def _root(hashes: list[bytes]) -> bytes:
    return fold(grow(0, [], hashes)[0])


def _is_refused(file: bytes, key: VerifierKey) -> bool:
    try:
        read_proof(file, key)
    except ProofRefused:
        return True
    return False
