"""Where the secrets come from that open everything else.

Two kinds: the *root* secret (blind index) and one secret per key *epoch* (wraps people's keys).
All are random and independent of each other. They are in no database and in no backup of one.
"""

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import KeysUnusable
from storage.files import OWNER_ONLY, sync_folder

SECRET_BYTES = 32
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

    def checks(self) -> dict[int, bytes]:
        """Return by what each secret is recognised, the root under 0; nothing leads back."""
        return {
            number: _check_of(secret) for number, secret in {0: self.root, **self.epochs}.items()
        }

    def __repr__(self) -> str:
        """Show nothing secret, also not in a traceback."""
        return f"Secrets(epochs={sorted(self.epochs)})"


class SecretsProvider(Protocol):
    """Hands out the secrets; raises KeysUnusable with the reason when it can't."""

    def load(self) -> Secrets:
        """Read every secret there is."""
        ...

    def create_next(self, *, above: int = 0) -> int:
        """Make the secret of one more epoch, above all that are here and this one."""
        ...

    def destroy(self, epoch: int) -> bool:
        """Destroy the secret of an epoch; return whether there was one."""
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
        root, epoch = secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES)
        self.write(Secrets(root, {1: epoch}))
        return True

    def write(self, known: Secrets) -> None:
        """Write secrets into files that are not there yet, the root last.

        Raises:
            KeysUnusable: Some of them are there.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for epoch, secret in known.epochs.items():
            _write(self._epoch_file(epoch), secret.hex())
        _write(self.file, known.root.hex())

    def create_next(self, *, above: int = 0) -> int:
        """Write the secret of one more epoch; where another node was first, theirs counts."""
        epoch = max(above, self.load().current_epoch) + 1
        with suppress(KeysUnusable):
            _write(self._epoch_file(epoch), secrets.token_hex(SECRET_BYTES))
        return self.load().current_epoch

    def destroy(self, epoch: int) -> bool:
        """Overwrite the file of an epoch and remove it.

        Raises:
            KeysUnusable: It is the newest one, or the file can't be written.
        """
        path = self._epoch_file(epoch)
        if not path.exists():
            return False
        if epoch == self.load().current_epoch:
            raise KeysUnusable(file=path.name, reason="it is the newest epoch")
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except OSError as refused:
            raise KeysUnusable(file=path.name, reason="cannot be removed") from refused
        sync_folder(path.parent)
        return True

    def _epoch_file(self, epoch: int) -> Path:
        return self.file.with_name(f"{self.file.name}.epoch-{epoch}")


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

    def create_next(self, *, above: int = 0) -> int:
        """Refuse: nobody but the operator can set a variable for every node.

        Raises:
            KeysUnusable: Always; it names the variable.
        """
        variable = f"{_EPOCH_VARIABLE}{max(above, self.load().current_epoch) + 1}"
        raise KeysUnusable(missing=variable, reason="set it for every process, then start anew")

    def destroy(self, epoch: int) -> bool:
        """Refuse where the variable is still set.

        Raises:
            KeysUnusable: The operator has to remove it.
        """
        if f"{_EPOCH_VARIABLE}{epoch}" in self.environment:
            raise KeysUnusable(name=f"{_EPOCH_VARIABLE}{epoch}", reason="remove it everywhere")
        return False


def _check_of(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=8, salt=None, info=b"chatmagico/check/1").derive(secret)


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
    """Write a new file; under its name it is whole or not there."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)
    except FileExistsError as old:
        # Its companion is lost: new secrets beside it would open nothing that was kept so far.
        raise KeysUnusable(file=path.name, reason="is there without its companion") from old
    finally:
        part.unlink()
    sync_folder(path.parent)
