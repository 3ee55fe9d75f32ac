"""Signed checkpoints: in the C2SP formats, appended once, and never about another past."""

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from storage import LedgerBroken, StorageUnavailable
from storage.ledger.checkpoints import read_notes
from storage.ledger.note import Checkpoint, VerifierKey, open_note, parse_key, sign
from storage.vault.signing import Signer
from tests.storage.ledger.keeping import (
    ORIGIN,
    fill,
    head,
    prover,
    tamper,
)
from tests.storage.ledger.keeping import (
    sign as signs,
)
from tests.storage.make import World

SIGNER = Signer(bytes(range(32)))
KEY = VerifierKey(ORIGIN, SIGNER.public_key)
ROOT = bytes(32)


def test_a_note_is_what_the_formats_say() -> None:
    """Text, key id and signature are checked here by hand, from the specifications' words."""
    text, _, line = sign(Checkpoint(ORIGIN, 7, ROOT), SIGNER).partition("\n\n")
    assert text == f"{ORIGIN}\n7\n{base64.b64encode(ROOT).decode()}"
    dash, name, written = line.removesuffix("\n").split(" ")
    signature = base64.b64decode(written)
    key_id = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + SIGNER.public_key).digest()[:4]
    assert (dash, name, signature[:4]) == ("\u2014", ORIGIN, key_id)
    public = Ed25519PublicKey.from_public_bytes(SIGNER.public_key)
    public.verify(signature[4:], f"{text}\n".encode())
    key = base64.b64encode(b"\x01" + SIGNER.public_key).decode()
    assert str(KEY) == f"{ORIGIN}+{key_id.hex()}+{key}"


def test_a_key_is_read_as_it_is_written() -> None:
    """The line that people compare leads back to the key; a touched one is none."""
    assert parse_key(str(KEY)) == KEY
    assert parse_key(f" {KEY}\n") == KEY
    written = str(KEY)
    for at in range(len(ORIGIN) + 1, len(written)):
        touched = written[:at] + ("A" if written[at] != "A" else "B") + written[at + 1 :]
        assert parse_key(touched) is None, at
    assert [parse_key(odd) for odd in ("", "+", "a+b", "a+b+c", "+00000000+AAAA")] == [None] * 5


def test_every_touched_note_is_refused() -> None:
    """No byte of a signed checkpoint can be another, and no byte can be missing or added."""
    note = sign(Checkpoint(ORIGIN, 20, hashlib.sha256(b"x").digest()), SIGNER)
    assert open_note(note, KEY)
    for at in range(len(note)):
        for other in ("A", "0", "\n", " "):
            touched = note[:at] + other + note[at + 1 :]
            assert touched == note or open_note(touched, KEY) is None, (at, other)
        assert open_note(note[:at] + note[at + 1 :], KEY) is None
        assert open_note(note[:at], KEY) is None


def test_anothers_signature_beside_ours_does_no_harm() -> None:
    """A witness may sign too; a note that only others have signed is not ours."""
    checkpoint = Checkpoint(ORIGIN, 3, ROOT)
    ours = sign(checkpoint, SIGNER)
    theirs = sign(checkpoint, Signer(bytes(32)))
    assert open_note(ours + theirs.partition("\n\n")[2], KEY) == checkpoint
    assert open_note(theirs, KEY) is None
    assert open_note(ours, VerifierKey("example.org/other", SIGNER.public_key)) is None


async def test_nothing_is_signed_before_the_first_line(world: World, tmp_path: Path) -> None:
    """An empty ledger has no checkpoint, and no file."""
    await signs(world.store, tmp_path)
    assert not (tmp_path / "checkpoints.log").exists()


async def test_each_size_is_signed_once(world: World, tmp_path: Path) -> None:
    """The file grows by one note where the ledger has grown, also after a restart."""
    file = tmp_path / "checkpoints.log"
    for _ in range(3):
        await fill(world.store, 2)
        before = file.read_bytes() if file.exists() else b""
        for _ in range(2):
            await signs(world.store, tmp_path)
        assert file.read_bytes().startswith(before)
    key = VerifierKey(ORIGIN, world.store.signing.key("ledger").signer.public_key)
    opened = [open_note(note, key) for note in read_notes(file)]
    assert [one and one.size for one in opened] == [2, 4, 6]
    found = await head(world.store)
    assert opened[-1] == Checkpoint(ORIGIN, found.size, found.root)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", range(1, 200, 9))
def test_a_torn_note_spoils_no_other(left: int, tmp_path: Path) -> None:
    """Whatever a power cut leaves of a note, those before and after it are read."""
    notes = [sign(Checkpoint(ORIGIN, size, ROOT), SIGNER) for size in (1, 2, 3)]
    torn = notes[1][:left].rstrip("\n") if left < len(notes[1]) else notes[1][:-1]
    file = tmp_path / "checkpoints.log"
    file.write_text(f"{notes[0]}\n{torn}\n\n{notes[2]}\n", encoding="utf-8")
    opened = [open_note(note, KEY) for note in read_notes(file)]
    sizes = [one.size for one in opened if one]
    assert sizes in ([1, 3], [1, 2, 3])


async def test_after_a_torn_note_the_next_one_stands_whole(world: World, tmp_path: Path) -> None:
    """What is appended behind half a note is not glued to it."""
    await fill(world.store, 1)
    await signs(world.store, tmp_path)
    file = tmp_path / "checkpoints.log"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: len(whole) // 3])
    await fill(world.store, 1)
    await signs(world.store, tmp_path)
    key = VerifierKey(ORIGIN, world.store.signing.key("ledger").signer.public_key)
    opened = [open_note(note, key) for note in read_notes(file)]
    assert [one.size for one in opened if one] == [1, 2]


async def test_another_past_is_never_signed(world: World, tmp_path: Path) -> None:
    """Where the tables do not continue the last checkpoint, nothing is signed and it is told."""
    await fill(world.store, 4)
    await signs(world.store, tmp_path)
    before = (tmp_path / "checkpoints.log").read_bytes()
    await tamper(
        world.store,
        "UPDATE ledger_entries SET commitment = :new WHERE leaf_index = 1",
        "UPDATE ledger_nodes SET hash = :new WHERE number = 0",
        "UPDATE ledger_nodes SET hash = :new WHERE number = 2",
        "DELETE FROM ledger_heads",
        "INSERT INTO ledger_heads (size, peaks) VALUES (4, :new)",
    )
    for _ in range(2):
        with pytest.raises(LedgerBroken):
            await signs(world.store, tmp_path)
        await fill(world.store, 1)
    assert (tmp_path / "checkpoints.log").read_bytes() == before


async def test_a_shorter_past_is_never_signed(world: World, tmp_path: Path) -> None:
    """Where lines are missing that a checkpoint knows, nothing is signed and it is told."""
    await fill(world.store, 4)
    await signs(world.store, tmp_path)
    await tamper(world.store, "DELETE FROM ledger_heads WHERE size > 3")
    with pytest.raises(LedgerBroken):
        await signs(world.store, tmp_path)


async def test_a_file_that_cannot_be_written_is_told(world: World, tmp_path: Path) -> None:
    """Without its file no checkpoint is handed out: it would be one that nobody keeps."""
    await fill(world.store, 1)
    (tmp_path / "blocked").write_text("")
    checkpoints = prover(world.store, tmp_path / "blocked").checkpoints
    async with world.store.read() as tx:
        with pytest.raises(StorageUnavailable):
            await checkpoints.newest(tx)
