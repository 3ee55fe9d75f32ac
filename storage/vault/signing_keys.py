"""The keys that sign what leaves the house: the present ones, and who vouched for whom before.

At first they are made from the root secret. Once rotated they come from a seed of their own, in
`<keys.file>.signing`, which is random and replaced by the next; each new key is signed by the one
before it, so whoever knows an old public key can follow to the present one.
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from storage.errors import KeysUnusable
from storage.files import OWNER_ONLY, sync_folder
from storage.vault.secrets import SECRET_BYTES, Secrets
from storage.vault.signing import Signer, verify

Use = Literal["ledger", "export"]
_USES: Final[tuple[Use, ...]] = ("ledger", "export")
_STATEMENT: Final = b"chatmagico/signing-key/1\n"


@dataclass(frozen=True, slots=True)
class Succession:
    """A new public key, and the signature of the one before it."""

    old: bytes
    new: bytes
    signature: bytes

    def holds(self) -> bool:
        """Tell whether the owner of the old key has named the new one."""
        return verify(self.old, self.signature, _statement(self.old, self.new))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key of one use, with those before it, the oldest first."""

    signer: Signer = field(repr=False)
    successions: tuple[Succession, ...] = ()

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """Return every public key that ever was this one's, the present one first."""
        return (self.signer.public_key, *(one.old for one in reversed(self.successions)))


SigningKeys = dict[Use, SigningKey]


class HeldSigning:
    """The signing keys as a running process has them."""

    def __init__(self, load: Callable[[], SigningKeys]) -> None:
        self._load = load
        self._keys = load()

    def refresh(self) -> None:
        """Read them again.

        Raises:
            KeysUnusable: They can't be read; those in memory stay.
        """
        self._keys = self._load()

    def key(self, use: Use) -> SigningKey:
        """Return the key of one use."""
        return self._keys[use]


def file_beside(keys_file: Path) -> Path:
    """Return where the seed is, once there is one."""
    return keys_file.with_name(f"{keys_file.name}.signing")


def load(file: Path | None, root: Secrets) -> SigningKeys:
    """Return the keys as they are now; made from the root where they were never rotated.

    Raises:
        KeysUnusable: The file can't be read, others may read it, or its chain does not hold.
    """
    if file is None or not file.exists():
        return {use: SigningKey(Signer(root.derive(f"{use}/signature/1"))) for use in _USES}
    written = _read(file)
    keys = {use: _key(use, written) for use in _USES}
    if not all(_is_chain(key) for key in keys.values()):
        raise KeysUnusable(file=file.name, reason="a key in it was not named by the one before")
    return keys


def rotate(file: Path, root: Secrets) -> SigningKeys:
    """Make new keys, let the present ones vouch for them, and write them in their place."""
    before, seed = load(file, root), secrets.token_bytes(SECRET_BYTES)
    made: dict[str, Any] = {"seed": seed.hex(), "successions": {}}
    for use in _USES:
        old, new = before[use].signer, _signer(use, seed)
        named = old.sign(_statement(old.public_key, new.public_key))
        chain = (*before[use].successions, Succession(old.public_key, new.public_key, named))
        made["successions"][use] = [
            [_text(one.old), _text(one.new), _text(one.signature)] for one in chain
        ]
    _write(file, json.dumps(made, indent=1))
    return load(file, root)


def _key(use: Use, written: dict[str, Any]) -> SigningKey:
    chain = [Succession(*(b64decode(part) for part in one)) for one in written["successions"][use]]
    return SigningKey(_signer(use, bytes.fromhex(written["seed"])), tuple(chain))


def _signer(use: Use, seed: bytes) -> Signer:
    return Signer(Secrets(seed, {}).derive(f"{use}/signature/1"))


def _is_chain(key: SigningKey) -> bool:
    chain = key.successions
    ends = [one.old for one in chain[1:]] + [key.signer.public_key]
    return all(one.holds() and one.new == end for one, end in zip(chain, ends, strict=True))


def _statement(old: bytes, new: bytes) -> bytes:
    return _STATEMENT + f"{_text(old)}\n{_text(new)}\n".encode()


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _read(file: Path) -> dict[str, Any]:
    if file.stat().st_mode & 0o077:
        raise KeysUnusable(file=file.name, reason="its mode lets others read it")
    try:
        written: dict[str, Any] = json.loads(file.read_bytes())
    except (OSError, ValueError) as odd:
        raise KeysUnusable(file=file.name, reason="cannot be read") from odd
    return written


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="ascii") as made:
        made.write(text)
        made.flush()
        os.fsync(made.fileno())
    part.replace(file)
    # Lost with the power, a new key that has signed something would be one that nobody named.
    sync_folder(file.parent)
