"""A proof that somebody holds: checked with the public key alone, without database or network.

A JSON object. Each of its leaves has its opening and its way to the root in the format of
https://c2sp.org/tlog-proof, with a signed checkpoint at the end. What was shown to a person, or the
number of a receipt, stands beside it and must fit the hash that the leaf commits to.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from storage.ledger.checkpoints import Signed
from storage.ledger.leaf import Leaf, Opening
from storage.ledger.note import (
    MOST_DIGITS,
    Checkpoint,
    VerifierKey,
    decode,
    encode,
    open_note,
    parse_key,
)
from storage.ledger.tree import HASH_BYTES, is_included
from storage.receipts import hash_of
from storage.vault.signing_keys import Succession

FORMAT: Final = "chatmagico/proof/1"
_HEAD: Final = "c2sp.org/tlog-proof@v1\n"
#: Of a succession: the old key, the new one, and the old one's signature.
_PARTS: Final = 3
#: Larger than any proof of ours; whatever is larger is not looked at.
MAX_BYTES: Final = 256 * 1024


class ProofRefused(Exception):
    """A proof does not hold, or it is none; `reason` says why in words for its holder."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proven:
    """One leaf with everything that proves it."""

    leaf: Leaf
    opening: Opening
    index: int
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a proof that holds says."""

    key: VerifierKey
    checkpoint: Checkpoint
    #: Kind, and what the leaf commits to, of every leaf.
    contents: tuple[tuple[str, dict[str, Any]], ...]
    #: The words that were shown, where the proof has them.
    shown: str | None
    number: str | None


def write_proof(
    leaves: Sequence[Proven],
    signed: Signed,
    successions: Sequence[Succession] = (),
    **beside: object,
) -> bytes:
    """Return a proof as a file; `beside` is what the leaves have the hashes of."""
    written = {
        "format": FORMAT,
        "key": str(signed.key),
        **({"successions": [_written(one) for one in successions]} if successions else {}),
        **beside,
        "leaves": [_leaf(one, signed.note) for one in leaves],
    }
    return json.dumps(written, indent=2, ensure_ascii=False).encode() + b"\n"


def read_proof(file: bytes, pinned: VerifierKey | None = None) -> Verified:
    """Check a proof.

    Args:
        file: What was handed out.
        pinned: The key the ledger is known by; else the one that the proof itself names.

    Raises:
        ProofRefused: It does not hold.
    """
    written = _object(file)
    if written.get("format") != FORMAT:
        raise ProofRefused("it is no proof of a format that this version knows")
    named = parse_key(_text(written, "key"))
    if named is None or (pinned is not None and not _follows(written, pinned, named)):
        raise ProofRefused("it was signed with another key")
    leaves = written.get("leaves")
    if not isinstance(leaves, list) or not leaves:
        raise ProofRefused("it has no leaves")
    checked = [_check(leaf, named) for leaf in leaves]
    checkpoints = {checkpoint for _, _, checkpoint in checked}
    if len(checkpoints) != 1:
        raise ProofRefused("its leaves have different checkpoints")
    contents = tuple((kind, content) for kind, content, _ in checked)
    shown, number = _shown(written, contents), _number(written, contents)
    return Verified(named, checkpoints.pop(), contents, shown, number)


def _follows(written: dict[str, Any], pinned: VerifierKey, named: VerifierKey) -> bool:
    """Tell whether a key is the pinned one, or was named by it, through however many between."""
    known = pinned.public_key
    for one in written.get("successions") or ():
        if known == named.public_key:
            break
        parts = [decode(part) for part in one] if _is_succession(one) else []
        found = Succession(*(part or b"" for part in parts)) if parts else None
        if found is not None and found.old == known and found.holds():
            known = found.new
    return (named.name, named.public_key) == (pinned.name, known)


def _is_succession(one: object) -> bool:
    is_long_enough = isinstance(one, list) and len(one) == _PARTS
    return is_long_enough and all(isinstance(part, str) for part in one)  # type: ignore[attr-defined]


def _written(one: Succession) -> list[str]:
    return [encode(part) for part in (one.old, one.new, one.signature)]


def _leaf(one: Proven, note: str) -> dict[str, object]:
    path = "".join(f"{encode(beside)}\n" for beside in one.path)
    return {
        "kind": one.leaf.kind,
        "day": one.leaf.day,
        "salt": one.opening.salt.hex(),
        "content": one.opening.content.decode(),
        "proof": f"{_HEAD}index {one.index}\n{path}\n{note}",
    }


def _check(written: object, key: VerifierKey) -> tuple[str, dict[str, Any], Checkpoint]:
    if not isinstance(written, dict) or not isinstance(written.get("day"), int):
        raise ProofRefused("a leaf is not complete")
    kind, content = _text(written, "kind"), _text(written, "content").encode()
    opening = Opening(_salt(written), content)
    leaf = Leaf(kind, written["day"], opening.commitment())
    index, path, note = _parse(_text(written, "proof"))
    checkpoint = open_note(note, key)
    if checkpoint is None:
        raise ProofRefused("the signature does not fit")
    if not is_included(leaf.hash(), index, checkpoint.size, path, checkpoint.root):
        raise ProofRefused("what it says is not what the ledger has")
    return kind, _object(content), checkpoint


def _salt(written: dict[str, Any]) -> bytes:
    text = _text(written, "salt")
    try:
        salt = bytes.fromhex(text)
    except ValueError as odd:
        raise ProofRefused("a salt is not hexadecimal") from odd
    # Capitals and spaces would stand for the same bytes: nothing but what was written is taken.
    if salt.hex() != text:
        raise ProofRefused("a salt is not written as it was")
    return salt


def _parse(proof: str) -> tuple[int, list[bytes], str]:
    head, _, note = proof.partition("\n\n")
    name, at, *path = head.split("\n")
    number = at.removeprefix("index ")
    hashes = [decode(line) for line in path]
    is_whole = f"{name}\n" == _HEAD and at == f"index {number}" and _is_number(number)
    found = [one for one in hashes if one is not None and len(one) == HASH_BYTES]
    if not is_whole or len(found) != len(hashes):
        raise ProofRefused("a leaf has no way to the root")
    return int(number), found, note


def _is_number(text: str) -> bool:
    is_short = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return is_short and (text == "0" or text[0] != "0")


def _shown(written: dict[str, Any], contents: Sequence[tuple[str, dict[str, Any]]]) -> str | None:
    """Return the words shown; the leaf must have their hash, and the words where it has one."""
    hashes = {content.get("text_hash") for _, content in contents} - {None}
    if "shown" not in written and not hashes:
        return None
    text = _text(written, "shown")
    if hashes != {hashlib.sha256(text.encode()).hexdigest()}:
        raise ProofRefused("the words are not those that were shown")
    return text


def _number(written: dict[str, Any], contents: Sequence[tuple[str, dict[str, Any]]]) -> str | None:
    """Return the receipt's number; every leaf must have its hash."""
    hashes = {content.get("receipt_hash") for _, content in contents}
    if "number" not in written and hashes == {None}:
        return None
    number = _text(written, "number")
    if hashes != {hash_of(number).hex()}:
        raise ProofRefused("the number is not that of the receipt")
    return number


def _object(file: bytes) -> dict[str, Any]:
    try:
        found = json.loads(file)
    except (ValueError, RecursionError) as odd:
        raise ProofRefused("it is no JSON file") from odd
    if not isinstance(found, dict):
        raise ProofRefused("it is no proof")
    return found


def _text(written: dict[str, Any], name: str) -> str:
    value = written.get(name)
    if not isinstance(value, str):
        raise ProofRefused(f"it has no {name}")
    try:
        value.encode()
    except UnicodeEncodeError as odd:
        raise ProofRefused(f"its {name} is no text") from odd
    return value
