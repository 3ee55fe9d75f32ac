"""Every stored format of the ledger, as the first release wrote it: it holds for ever."""

import json
from pathlib import Path

from storage.admin_acts import AdminAct, content_of
from storage.ledger.checkpoints import Signed
from storage.ledger.leaf import ACT, Leaf, Opening, canonical
from storage.ledger.note import Checkpoint, VerifierKey, open_note, parse_key, sign
from storage.ledger.proof import Proven, read_proof, write_proof
from storage.ledger.tree import fold, grow
from storage.vault.signing import Signer

GOLDEN = Path(__file__).parent / "golden"
LINES = json.loads((GOLDEN / "lines_1.json").read_text(encoding="utf-8"))
NOTE = (GOLDEN / "checkpoint_1.txt").read_text(encoding="utf-8")
PROOF = (GOLDEN / "proof_1.json").read_bytes()
SIGNER = Signer(bytes(range(32)))
KEY = VerifierKey("example.org/bot", SIGNER.public_key)


def _openings() -> list[Opening]:
    return [Opening.from_bytes(bytes.fromhex(one["opening"])) for one in LINES]


def _leaves() -> list[Leaf]:
    return [Leaf(one["kind"], one["day"], bytes.fromhex(one["commitment"])) for one in LINES]


def test_contents_are_written_as_ever() -> None:
    """The content of each kind of line is the same bytes, salt in front."""
    for one, opening in zip(LINES, _openings(), strict=True):
        assert canonical(one["content"]) == opening.content
        assert opening.to_bytes().hex() == one["opening"]
        assert opening.commitment().hex() == one["commitment"]


def test_leaves_are_hashed_as_ever() -> None:
    """Each line's data and hash are the same."""
    for one, leaf in zip(LINES, _leaves(), strict=True):
        assert leaf.data().decode() == one["data"]
        assert leaf.hash().hex() == one["hash"]


def test_checkpoints_are_signed_as_ever() -> None:
    """The same tree under the same key is the same note, and it opens."""
    peaks, _ = grow(0, [], [leaf.hash() for leaf in _leaves()])
    checkpoint = Checkpoint(KEY.name, len(LINES), fold(peaks))
    assert sign(checkpoint, SIGNER) == NOTE
    assert open_note(NOTE, KEY) == checkpoint


def test_proofs_are_written_as_ever() -> None:
    """The same line proven under the same checkpoint is the same file, and it holds."""
    hashes = [leaf.hash() for leaf in _leaves()]
    found = read_proof(PROOF, KEY)
    proven = Proven(_leaves()[0], _openings()[0], 0, [hashes[1], hashes[2]])
    signed = Signed(found.checkpoint, NOTE, KEY)
    assert write_proof([proven], signed, shown="May we?") == PROOF
    assert found.contents == (("consent", LINES[0]["content"]),)
    assert parse_key(json.loads(PROOF)["key"]) == KEY


def test_an_admins_act_is_written_as_ever() -> None:
    """Who did what, to what and when is the same bytes, and the same line of the ledger."""
    known = json.loads((GOLDEN / "admin_act_1.json").read_text(encoding="utf-8"))
    act = AdminAct("A-1", "owner", "admin revoke", "A-2", "d1" * 32, 1790942400000)
    opening = Opening.from_bytes(bytes.fromhex(known["opening"]))
    assert content_of(act) == known["content"]
    assert opening.content == canonical(known["content"])
    leaf = Leaf(known["kind"], known["day"], opening.commitment())
    assert leaf.kind == ACT
    assert leaf.commitment.hex() == known["commitment"]
    assert leaf.data().decode() == known["data"]
    assert leaf.hash().hex() == known["hash"]
