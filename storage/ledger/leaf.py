"""One line of the ledger: a commitment that tells nothing, and the opening that explains it.

What is hashed into the tree, as text:

    chatmagico/leaf/1
    consent
    20727
    <commitment, in hexadecimal>

Second its kind, third the day since 1970. The commitment is HMAC-SHA-256 of the content under a
salt of 32 random bytes, so that equal contents look different and nobody can try out guesses. Salt
and content together are the opening.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from storage.ledger.tree import hash_leaf

Kind = Literal["consent", "erasure-ordered", "erasure-completed", "page-retired", "admin-act"]

#: The kind of a line that tells what an admin did.
ACT: Final = "admin-act"
SALT_BYTES: Final = 32
_FORMAT: Final = "chatmagico/leaf/1"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What stands in the ledger for ever."""

    kind: str
    day: int
    commitment: bytes

    def data(self) -> bytes:
        """Return what is hashed into the tree."""
        return f"{_FORMAT}\n{self.kind}\n{self.day}\n{self.commitment.hex()}\n".encode()

    def hash(self) -> bytes:
        """Return the leaf's hash in the tree."""
        return hash_leaf(self.data())


@dataclass(frozen=True, slots=True)
class Opening:
    """What a commitment stands for."""

    salt: bytes = field(repr=False)
    content: bytes = field(repr=False)

    def commitment(self) -> bytes:
        """Return the commitment that nothing else opens."""
        return hmac.digest(self.salt, self.content, hashlib.sha256)

    def to_bytes(self) -> bytes:
        """Return it as it is sealed."""
        return self.salt + self.content

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Opening":
        """Read what was sealed."""
        return cls(kept[:SALT_BYTES], kept[SALT_BYTES:])


def new_opening(content: Mapping[str, Any]) -> Opening:
    """Return an opening of its own for some content."""
    return Opening(secrets.token_bytes(SALT_BYTES), canonical(content))


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return content as JSON that is always written the same way."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode()
