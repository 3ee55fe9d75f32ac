"""Signed checkpoints in a file: copied off the host, they tell when the past was changed here.

The file is a row of signed notes, each followed by an empty line, and it is only ever appended to.
Before anything is signed, it is proven to continue what the last one said.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import LedgerBroken, StorageUnavailable
from storage.files import OWNER_ONLY
from storage.ledger.ledger import Head, Ledger
from storage.ledger.note import Checkpoint, VerifierKey, open_note, origin_in, sign
from storage.ledger.tree import is_consistent
from storage.vault.signing_keys import HeldSigning, Succession

_NOTE = re.compile(r"^[^\n]+\n[0-9]+\n[^\n]+\n\n(?:\u2014 [^\n]+\n)+", re.MULTILINE)
_APART = b"\n\n"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint, and the note that has it."""

    checkpoint: Checkpoint
    note: str
    key: VerifierKey


class Checkpoints:
    """Signs the ledger as it is, once for each size that somebody asks for."""

    def __init__(self, ledger: Ledger, signing: HeldSigning, *, origin: str, file: Path) -> None:
        self.file = file
        self._origin = origin
        self._ledger = ledger
        self._signing = signing
        self._last: Signed | None = None
        self._turn = asyncio.Lock()

    @property
    def key(self) -> VerifierKey:
        """Return what checks what is signed from now on."""
        return self.keys[0]

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Return what checks everything that was ever signed, the present key first."""
        known = self._signing.key("ledger").public_keys
        return tuple(VerifierKey(self._origin, public_key) for public_key in known)

    @property
    def successions(self) -> tuple[Succession, ...]:
        """Return how each key was named by the one before it."""
        return self._signing.key("ledger").successions

    async def newest(self, tx: AsyncConnection) -> Signed | None:
        """Return the ledger as it is, signed and in the file; None while it has no line.

        Raises:
            LedgerBroken: It does not continue the last checkpoint, so nothing was signed.
            StorageUnavailable: The file can't be written.
        """
        async with self._turn:
            head = await self._ledger.head(tx)
            last = self._last or await asyncio.to_thread(self._read_last)
            if last is not None:
                await self._require_continued(tx, last.checkpoint, head)
            if not head.size:
                return None
            now, key = Checkpoint(self._origin, head.size, head.root), self.key
            if last is None or (last.checkpoint, last.key) != (now, key):
                last = Signed(now, sign(now, self._signing.key("ledger").signer), key)
                await asyncio.to_thread(_append, self.file, last.note)
            self._last = last
            return last

    async def _require_continued(self, tx: AsyncConnection, last: Checkpoint, head: Head) -> None:
        if last.size > head.size:
            raise LedgerBroken(checkpoint=last.size, found=head.size)
        path = await self._ledger.consistency(tx, last.size, head.size)
        if not is_consistent(last.size, last.root, head.size, head.root, path):
            raise LedgerBroken(checkpoint=last.size)

    def _read_last(self) -> Signed | None:
        last = None
        for note in read_notes(self.file):
            for known in self.keys:
                key = VerifierKey(origin_in(note), known.public_key)
                if checkpoint := open_note(note, key):
                    last = Signed(checkpoint, note, key)
        return last


def read_notes(file: Path) -> Iterator[str]:
    """Yield the notes of a checkpoint file; what a power cut left half written is passed over."""
    try:
        written = file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as refused:
        raise StorageUnavailable(file=file.name, cause=type(refused).__name__) from refused
    yield from (found[0] for found in _NOTE.finditer(written))


def _append(file: Path, note: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
        try:
            size = os.fstat(handle).st_size
            is_torn = size and os.pread(handle, len(_APART), size - len(_APART)) != _APART
            # One write: two nodes that share the file can't get into each other's notes.
            os.write(handle, (_APART if is_torn else b"") + f"{note}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as refused:
        raise StorageUnavailable(file=file.name, cause=type(refused).__name__) from refused
