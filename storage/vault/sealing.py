"""Seal one value so that only its owner's key, in its own cell, opens it.

A sealed value, in bytes:

    marker 1 | salt 24 | commitment 32 | ciphertext n | tag 16

Each value is encrypted with AES-256-GCM under a key of its own, used once: HKDF-SHA-256 of the
owner's random key and the salt gives 32 bytes of key and 32 bytes of commitment. GCM alone does
not commit to its key, so the commitment is compared before anything is decrypted. The nonce may
be constant because the key never is. Table, column, row and owner are bound in as associated
data, each with its length in front: without lengths ("ab", "c") would equal ("a", "bc").
"""

import hmac
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Undecryptable

KEY_BYTES = 32
OVERHEAD_BYTES = 73
_MARKER = b"\x01"
_SALT_BYTES = 24
_COMMITMENT_BYTES = 32
_BODY_AT = 1 + _SALT_BYTES + _COMMITMENT_BYTES
_NONCE = bytes(12)
_INFO = b"chatmagico/seal/1"


class SealedBytes(bytes):
    """A value that has been sealed; sealed columns take nothing else."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a sealed value stands, and whose it is; it opens nowhere else."""

    table: str
    column: str
    row: bytes
    owner: bytes

    def associated_data(self) -> bytes:
        """Return what is bound in, every part with its length in front."""
        parts = (_MARKER, self.table.encode(), self.column.encode(), self.row, self.owner)
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def new_key() -> bytes:
    """Return a random 256-bit key. Never derived from anything: a derived key cannot be erased."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, value: bytes, cell: Cell) -> SealedBytes:
    """Seal `value` for `cell` under the owner's `key`."""
    salt = secrets.token_bytes(_SALT_BYTES)
    derived = _derive(key, salt)
    body = AESGCM(derived[:KEY_BYTES]).encrypt(_NONCE, value, cell.associated_data())
    return SealedBytes(_MARKER + salt + derived[KEY_BYTES:] + body)


def open_sealed(key: bytes, sealed: bytes, cell: Cell) -> bytes:
    """Open what was sealed for `cell`.

    Raises:
        Undecryptable: Malformed, for another cell, under another key, or changed.
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[:1] != _MARKER:
        raise Undecryptable(table=cell.table, column=cell.column)
    derived = _derive(key, sealed[1 : 1 + _SALT_BYTES])
    if not hmac.compare_digest(sealed[1 + _SALT_BYTES : _BODY_AT], derived[KEY_BYTES:]):
        raise Undecryptable(table=cell.table, column=cell.column)
    try:
        return AESGCM(derived[:KEY_BYTES]).decrypt(
            _NONCE, sealed[_BODY_AT:], cell.associated_data()
        )
    except InvalidTag as wrong:
        raise Undecryptable(table=cell.table, column=cell.column) from wrong


def _derive(key: bytes, salt: bytes) -> bytes:
    length = KEY_BYTES + _COMMITMENT_BYTES
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=_INFO).derive(key)
