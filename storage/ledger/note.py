"""Checkpoints, as https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note have them.

A checkpoint is a text of three lines, the ledger's name, its size and its root, then an empty line
and a signature:

    example.org/bot
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.org/bot Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

What checks it is one line too: name+id+key.
"""  # noqa: E501 - a signature is as long as it is

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from storage.ledger.tree import HASH_BYTES
from storage.vault.signing import Signer, verify

_ED25519: Final = b"\x01"
_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
#: Three, and the empty one behind the last line's end.
_LINES: Final = 4
#: No ledger has more lines than this many digits can say.
MOST_DIGITS: Final = 18
_DASH: Final = "\u2014"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger as it was at some size."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign under which name."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Return four bytes that tell keys of one name apart."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Return the line that people compare."""
        return f"{self.name}+{self.key_id.hex()}+{encode(_ED25519 + self.public_key)}"


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return a signed checkpoint."""
    text, key = checkpoint.text(), VerifierKey(checkpoint.origin, signer.public_key)
    signature = encode(key.key_id + signer.sign(text.encode()))
    return f"{text}\n{_DASH} {key.name} {signature}\n"


def open_note(note: str, key: VerifierKey) -> Checkpoint | None:
    """Return the checkpoint that `key` has signed; None where anything is not as it should be."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    checkpoint = _parse(text)
    is_whole = checkpoint is not None and checkpoint.text() == text and note.endswith("\n")
    if checkpoint is None or not is_whole or checkpoint.origin != key.name:
        return None
    lines = signatures.removesuffix("\n").split("\n")
    signed = [_signature(line, key) for line in lines]
    # Others may have signed too; a line of this key that does not fit spoils the note.
    ours = [signature for signature in signed if signature is not None]
    fits = bool(ours) and all(verify(key.public_key, one, text.encode()) for one in ours)
    return checkpoint if fits else None


def origin_in(note: str) -> str:
    """Return the name of the ledger that a note says it is about."""
    return note.partition("\n")[0]


def parse_key(line: str) -> VerifierKey | None:
    """Read a line `name+id+key`; None where it is none."""
    name, _, rest = line.strip().partition("+")  # base64 has plus signs too, a name has none
    key_id, _, written = rest.partition("+")
    key = decode(written)
    if key is None or len(key) != 1 + _KEY_BYTES or key[:1] != _ED25519:
        return None
    found = VerifierKey(name, key[1:])
    is_name = bool(name) and name.isprintable() and " " not in name
    return found if is_name and found.key_id.hex() == key_id else None


def encode(value: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(value).decode("ascii")


def decode(text: str) -> bytes | None:
    """Return what base64 stands for; None where it is not written as `encode` does."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if encode(value) == text else None


def _parse(text: str) -> Checkpoint | None:
    lines = text.split("\n")
    if len(lines) != _LINES:
        return None
    origin, size, written, _ = lines
    is_size = size.isascii() and size.isdigit() and len(size) <= MOST_DIGITS
    root = decode(written)
    if not (origin and is_size) or root is None or len(root) != HASH_BYTES:
        return None
    return Checkpoint(origin, int(size), root)


def _signature(line: str, key: VerifierKey) -> bytes | None:
    """Return the signature of `key` in a line; None where the line is another key's."""
    dash, _, rest = line.partition(" ")
    name, _, written = rest.partition(" ")
    value = decode(written)
    if dash != _DASH or name != key.name or value is None:
        return None
    return value[_ID_BYTES:] if value[:_ID_BYTES] == key.key_id else None
