"""Remember outside the database who was erased, so that no backup brings anybody back.

One text file, only ever added to and shared by all nodes:

    chatmagico tombstones 2 <the deployment's random id>
    <the random id of an erased person> <8 check digits>
    …

The ids are random and lead nowhere once the rows are gone. The check digits are made from both ids,
so an edited line, or one of another deployment, is noticed. A line counts when its end is written;
half a line is what a power cut leaves, and its erasure begins anew. In a file that says 1, lines
from before there were check digits count without.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from storage.errors import TombstonesUnusable
from storage.files import OWNER_ONLY, sync_folder
from storage.records import PersonId

_HEAD = "chatmagico tombstones 2 "
_OLD_HEAD = "chatmagico tombstones 1 "
_ID_BYTES = 16
_AT_ONCE = 1000
_CHECK_BYTES = 4
_LONGEST_LINE_BYTES = len(_HEAD) + 2 * _ID_BYTES + 1


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The file of one deployment."""

    path: Path

    def begin(self, make: Callable[[], bytes]) -> bytes:
        """Return the deployment's id from the file; make file and id where there are none."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked(os.O_RDWR | os.O_CREAT) as file:
            _cut_half_line(file)
            if not file.seek(0, os.SEEK_END):
                _append(file, f"{_HEAD}{make().hex()}\n")
                sync_folder(self.path.parent)
            return self._head(file)[0]

    def deployment(self) -> bytes | None:
        """Return the deployment's id; None where there is no file."""
        if not self.path.exists():
            return None
        with self._locked(os.O_RDONLY) as file:
            return self._head(file)[0]

    def add(self, people: Collection[PersonId]) -> None:
        """Write down who is being erased; it is on the disk when this returns."""
        with self._locked(os.O_RDWR) as file:
            _cut_half_line(file)
            deployment, _ = self._head(file)
            _append(file, "".join(_line(deployment, person) for person in people))

    def batches(self) -> Iterator[list[PersonId]]:
        """Yield everybody who was erased, some at a time."""
        with self._opened(os.O_RDONLY) as file:
            deployment, is_old = self._head(file)
            batch: list[PersonId] = []
            for number, line in enumerate(file, start=2):
                if not line.endswith(b"\n"):
                    break
                person = _person(line.decode("ascii", errors="replace"), deployment, is_old=is_old)
                if person is None:
                    self._refuse(f"line {number} was changed")
                batch.append(person)
                if len(batch) == _AT_ONCE:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def named(self, people: Collection[PersonId]) -> set[PersonId]:
        """Return those of these people who were erased."""
        asked = set(people)
        return {person for batch in self.batches() for person in batch if person in asked}

    def _head(self, file: IO[bytes]) -> tuple[bytes, bool]:
        """Return the deployment's id, and whether lines without check digits count."""
        file.seek(0)
        head = file.readline().decode("ascii", errors="replace")
        found = _unhex(head.removeprefix(_HEAD).removeprefix(_OLD_HEAD).strip())
        if not head.startswith((_HEAD, _OLD_HEAD)) or not head.endswith("\n") or found is None:
            self._refuse("its first line is another one")
        return found, head.startswith(_OLD_HEAD)

    def _refuse(self, reason: str) -> NoReturn:
        raise TombstonesUnusable(file=self.path.name, reason=reason)

    @contextmanager
    def _opened(self, flags: int) -> Iterator[IO[bytes]]:
        try:
            handle = os.open(self.path, flags | os.O_APPEND, OWNER_ONLY)
        except OSError as refused:
            cause = type(refused).__name__
            raise TombstonesUnusable(file=self.path.name, reason=cause) from refused
        with os.fdopen(handle, "rb" if flags == os.O_RDONLY else "a+b", buffering=65_536) as file:
            yield file

    @contextmanager
    def _locked(self, flags: int) -> Iterator[IO[bytes]]:
        with self._opened(flags) as file:
            fcntl.flock(file, fcntl.LOCK_SH if flags == os.O_RDONLY else fcntl.LOCK_EX)
            yield file


def _person(line: str, deployment: bytes, *, is_old: bool) -> PersonId | None:
    found = _unhex(line[: 2 * _ID_BYTES])
    is_whole = found is not None and (
        line == _line(deployment, found) or (is_old and line == f"{found.hex()}\n")
    )
    return PersonId(found) if found is not None and is_whole else None


def _line(deployment: bytes, person: bytes) -> str:
    check = hashlib.sha256(deployment + person).digest()[:_CHECK_BYTES]
    return f"{person.hex()} {check.hex()}\n"


def _append(file: IO[bytes], text: str) -> None:
    """Write in one piece at the end, whoever else has the file open, and wait for the disk."""
    left = memoryview(text.encode("ascii"))
    try:
        while left:
            left = left[os.write(file.fileno(), left) :]
        os.fsync(file.fileno())
    except OSError as full:
        raise TombstonesUnusable(reason=type(full).__name__) from full


def _cut_half_line(file: IO[bytes]) -> None:
    """Take away what a power cut left of a line that never counted."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - _LONGEST_LINE_BYTES)
    file.seek(start)
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(file.fileno(), start + tail.rfind(b"\n") + 1)


def _unhex(text: str) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == _ID_BYTES else None
