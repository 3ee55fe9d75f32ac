"""Where the secrets come from that open everything else.

Two kinds: the *root* secret (blind index) and one secret per key *epoch* (wraps people's keys).
All are random and independent of each other. They are in no database and in no backup of one.
"""

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import KeysUnusable

SECRET_BYTES = 32
_OWNER_ONLY = 0o600
_EPOCH_VARIABLE = "CHATMAGICO_EPOCH_"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of one deployment; `epochs` by rising number, the highest is current."""

    root: bytes
    epochs: dict[int, bytes]

    @property
    def current_epoch(self) -> int:
        """Return the epoch under which new keys are wrapped."""
        return max(self.epochs)

    def derive(self, use: str) -> bytes:
        """Return the root's key for one `use`, such as "bidx/psid/1"."""
        info = f"chatmagico/{use}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.root)

    def __repr__(self) -> str:
        """Show nothing secret, also not in a traceback."""
        return f"Secrets(epochs={sorted(self.epochs)})"


class SecretsProvider(Protocol):
    """Hands out the secrets; raises KeysUnusable with the reason when it can't."""

    def load(self) -> Secrets:
        """Read every secret there is."""
        ...


@dataclass(frozen=True, slots=True)
class FileSecrets:
    """Secrets in files of their owner only: `file`, and one `file.epoch-N` beside it."""

    file: Path

    def load(self) -> Secrets:
        """Read every secret; refuse files that others may read."""
        before = f"{self.file.name}.epoch-"
        epochs = {
            _number(path.name, before): _read(path) for path in self.file.parent.glob(f"{before}*")
        }
        if not epochs:
            raise KeysUnusable(file=self.file.name, reason="no epoch file beside it")
        return Secrets(_read(self.file), epochs)

    def create(self) -> bool:
        """Write new secrets; return False, and touch nothing, where some exist already.

        Raises:
            KeysUnusable: Only a part of them exists.
        """
        if self.file.exists():
            return False
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (self.file.with_name(f"{self.file.name}.epoch-1"), self.file):
            _write(path, secrets.token_hex(SECRET_BYTES))
        return True


@dataclass(frozen=True, slots=True)
class EnvironmentSecrets:
    """Secrets in CHATMAGICO_ROOT_SECRET and CHATMAGICO_EPOCH_1, _2 …, in hexadecimal."""

    environment: dict[str, str] = field(repr=False)

    def load(self) -> Secrets:
        """Read every secret from the environment that was handed in."""
        epochs = {
            _number(name, _EPOCH_VARIABLE): _decode(value, name)
            for name, value in self.environment.items()
            if name.startswith(_EPOCH_VARIABLE)
        }
        name = "CHATMAGICO_ROOT_SECRET"
        if not epochs or name not in self.environment:
            raise KeysUnusable(missing=f"{name} or {_EPOCH_VARIABLE}1")
        return Secrets(_decode(self.environment[name], name), epochs)


def _number(name: str, before: str) -> int:
    number = name.removeprefix(before)
    if not (number.isascii() and number.isdigit()):
        raise KeysUnusable(name=name, reason="its end is not the number of an epoch")
    return int(number)


def _read(path: Path) -> bytes:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes().decode("ascii", errors="replace")
    except OSError as missing:
        raise KeysUnusable(file=path.name, reason="cannot be read") from missing
    if mode & 0o077:
        raise KeysUnusable(file=path.name, reason=f"mode {mode:04o} lets others read it")
    return _decode(text, path.name)


def _decode(text: str, name: str) -> bytes:
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError as odd:
        raise KeysUnusable(name=name, reason="not hexadecimal") from odd
    if len(secret) != SECRET_BYTES or len(set(secret)) < SECRET_BYTES // 2:
        raise KeysUnusable(name=name, reason=f"not {SECRET_BYTES} random bytes")
    return secret


def _write(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError as old:
        # Its companion is lost: new secrets beside it would open nothing that was kept so far.
        raise KeysUnusable(file=path.name, reason="is there without its companion") from old
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
